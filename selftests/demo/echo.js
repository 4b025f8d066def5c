// SPDX-License-Identifier: GPL-2.0
'use strict';
//
// The demo's echo server and its client, plain Node.js: nothing here knows which TCP carries it.
//
//   node echo.js server PORT         answers "ACK: " + data, IPv4 and IPv6 on one socket; prints "listening"
//   node echo.js client HOST PORT    one connection, MESSAGES questions in turn; prints
//                                    "BYTES SECONDS SHA256-OF-ANSWERS SHA256-EXPECTED", BYTES in both directions

const net = require('net');
const crypto = require('crypto');

const MESSAGES = 200;
const LENGTH_MAX = 1000;	// a question fits in one segment, so that the server sees it as one "data" event
const TIMEOUT_MS = 60000;

function serve(port) {
	const server = net.createServer((socket) => {
		socket.setNoDelay(true);
		socket.on('data', (data) => socket.write('ACK: ' + data));
		socket.on('error', (error) => console.error(`server: ${error.message}`));
	});
	server.listen(port, '::', () => console.log('listening'));
}

// Question I: 1 to LENGTH_MAX characters, no two questions alike.
function question(i) {
	const length = 1 + Math.floor((i * (LENGTH_MAX - 1)) / (MESSAGES - 1));
	return crypto.createHash('sha512').update(`question ${i}`).digest('hex').repeat(8).slice(0, length);
}

function ask(host, port) {
	const got = crypto.createHash('sha256');
	const expected = crypto.createHash('sha256');
	const begin = process.hrtime.bigint();
	const socket = net.connect(port, host);
	let asked = 0;
	let wanted = 0;		// characters of the current answer that are still to come
	let bytes = 0;

	function next() {
		if (asked === MESSAGES) {
			socket.end();
			return;
		}
		const text = question(asked++);
		wanted = 'ACK: '.length + text.length;
		expected.update('ACK: ' + text);
		bytes += text.length;
		socket.write(text);
	}

	socket.setNoDelay(true);
	socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error('no answer')));
	socket.on('connect', next);
	socket.on('data', (data) => {
		got.update(data);
		bytes += data.length;
		wanted -= data.length;
		if (wanted < 0)
			socket.destroy(new Error('more came back than was sent'));
		else if (wanted === 0)
			next();
	});
	socket.on('error', (error) => {
		console.error(`client: ${error.message}`);
		process.exitCode = 1;
	});
	socket.on('close', (failed) => {
		const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
		if (!failed)
			console.log(`${bytes} ${seconds.toFixed(6)} ${got.digest('hex')} ${expected.digest('hex')}`);
	});
}

const [role, ...rest] = process.argv.slice(2);
if (role === 'server' && rest.length === 1) {
	serve(Number(rest[0]));
} else if (role === 'client' && rest.length === 2) {
	ask(rest[0], Number(rest[1]));
} else {
	console.error('usage: node echo.js server PORT | client HOST PORT');
	process.exitCode = 2;
}
