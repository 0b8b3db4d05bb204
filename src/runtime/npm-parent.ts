/** Notices that npm, which started us, was told to end: it tells its shell, and the shell dies without telling us. */

/** Asked at once: while we are busy starting, it may end. */
const parent = process.ppid;

/** Often enough for somebody who starts again at once. */
const everyMs = 500;

/** Calls back once, when we were started by `npm start` and outlived that. */
export function whenNpmEnds(env: NodeJS.ProcessEnv, callBack: () => void): void {
  // Anybody else who starts us may go before us and mean it.
  if (env['npm_lifecycle_event'] !== 'start' || env['npm_package_name'] !== 'headwater') return;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    callBack();
  }, everyMs);
  watch.unref();
}
