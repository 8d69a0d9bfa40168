/**
 * Replaces Node's module `child_process` in the resource detectors, which ask a program for the machine's id where the
 * system has no file with it. The app would see that child process, and would wait for its end.
 */
export function exec(_command: string, callback: (error: Error) => void): void {
  callback(new Error('no program is run in the app'))
}
