/** Replaces require-in-the-middle and import-in-the-middle, whose hooks would change how the app's modules load. */
export class Hook {
  unhook(): void {}
}
