import fs from 'node:fs'

/**
 * Node's file functions as they were before the app's first line. Apps, and above all their tests, replace those of the
 * module: a spy must not count calls that are not the app's, and a fake must not break ours.
 *
 * @module
 */
export const {
  closeSync,
  existsSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeSync,
} = fs
