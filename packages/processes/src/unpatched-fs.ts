import fs from 'node:fs'

/**
 * Node's file functions as they were before the app's first line. Apps replace those of the module, their tests above all: a
 * spy must not count calls that are none of the app's, nor a fake break them.
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
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeSync,
} = fs
