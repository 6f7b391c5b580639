/** A text of one line, which may go into headers and onto screens: without control characters (ASCII C0 and DEL). */
export const oneLine = /^[^\u0000-\u001f\u007f]*$/u;
