/**
 * A text of one line, which may go into headers and onto screens: without control characters (C0, DEL, C1), separators of lines
 * and paragraphs, and what turns the direction of what follows (Unicode TR36 2.1: `gpj.exe` would be read as `exe.jpg`).
 */
export const oneLine = /^[^\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]*$/u;
