// SPDX-License-Identifier: GPL-2.0
// node.js serve HTTP-PORT NET-PORT | http ADDRESS PORT | net ADDRESS PORT: servers that echo, clients that verify.
'use strict';

const crypto = require('crypto');
const http = require('http');
const net = require('net');

const [mode, first, second] = process.argv.slice(2);

function finish(good, of) {
	console.log(`${good} of ${of} came back as sent`);
	process.exit(good === of ? 0 : 1);
}

function serve() {
	http.createServer((req, res) => req.pipe(res)).listen(Number(first), '::');
	net.createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket)).listen(Number(second), '::');
}

function post(agent, body) {
	return new Promise((resolve) => {
		const req = http.request({ host: first, port: second, method: 'POST', agent }, (res) => {
			const got = [];

			res.on('data', (d) => got.push(d));
			res.on('end', () => resolve(Buffer.concat(got).equals(body)));
		});

		req.on('error', () => resolve(false));
		req.end(body);
	});
}

async function askHttp() {
	const agent = new http.Agent({ keepAlive: true, maxSockets: 2 });
	let good = 0;

	for (let i = 0; i < 50; i++)
		good += await post(agent, crypto.randomBytes(1 + 997 * i));
	finish(good, 50);
}

function stream() {
	return new Promise((resolve) => {
		const sent = crypto.randomBytes(500000);
		const got = [];
		const socket = net.connect(Number(second), first, () => socket.end(sent));

		socket.on('data', (d) => got.push(d));
		socket.on('end', () => resolve(Buffer.concat(got).equals(sent)));
		socket.on('error', () => resolve(false));
	});
}

async function askNet() {
	const results = await Promise.all(Array.from({ length: 8 }, stream));

	finish(results.filter(Boolean).length, 8);
}

({ serve, http: askHttp, net: askNet })[mode]();
