/** Codes of the languages that can be read in this installation (ISO 639-2): none, as long as no operation reads. */
export const installedLanguages: readonly string[] = [];
