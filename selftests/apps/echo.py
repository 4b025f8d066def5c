# SPDX-License-Identifier: GPL-2.0
"""echo.py serve PORT | ask ADDRESS PORT: asyncio streams that echo; the asker verifies what 20 of them bring back."""
import asyncio
import hashlib
import os
import sys

STREAMS = 20
BYTES = 200000


async def echo(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()


async def serve(port):
    # Python's :: is IPv6 only, so both.
    server = await asyncio.start_server(echo, ["0.0.0.0", "::"], port)
    async with server:
        await server.serve_forever()


async def one(address, port):
    reader, writer = await asyncio.open_connection(address, port)
    sent = os.urandom(BYTES)

    async def write():
        for i in range(0, BYTES, 7919):
            writer.write(sent[i:i + 7919])
            await writer.drain()
        writer.write_eof()

    writing = asyncio.create_task(write())
    got = await reader.read()
    await writing
    writer.close()
    return hashlib.sha256(sent).digest() == hashlib.sha256(got).digest()


async def ask(address, port):
    results = await asyncio.gather(*(one(address, port) for _ in range(STREAMS)))
    print(f"{sum(results)} of {len(results)} came back as sent")
    return all(results)


if sys.argv[1] == "serve":
    asyncio.run(serve(int(sys.argv[2])))
else:
    sys.exit(not asyncio.run(ask(sys.argv[2], int(sys.argv[3]))))
