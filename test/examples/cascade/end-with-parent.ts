// Loaded before a program of the story that goes on running: ends it when the story was killed and could not do so.
// Its standard input is a pipe that the story never writes to and never closes, so its end is the end of the story.

process.stdin.once('end', () => process.kill(process.pid, 'SIGTERM'));
process.stdin.resume();
if ('unref' in process.stdin && typeof process.stdin.unref === 'function') process.stdin.unref();
