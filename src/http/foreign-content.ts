import { create as contentDisposition } from 'content-disposition';
import { type Response } from 'express';

/** Nothing but pixels, or nothing but text: what may be shown at our own address. The rest may hold scripts, forms and links. */
const inert = /^(image\/(?!svg)[\w.+-]+|text\/(plain|tab-separated-values)|application\/json)(;|$)/;

/**
 * Content that strangers have sent, or that was made of it, is never run, whatever it claims to be; and what has a language of its
 * own is saved, not shown (RFC 6266 4.2).
 * @param filename suggested to whoever saves it
 */
export function describeForeign(response: Response, mediaType: string, filename: string): void {
  const type = inert.test(mediaType) ? 'inline' : 'attachment';
  response.setHeader('Content-Disposition', contentDisposition(filename, { type }));
  response.setHeader('Content-Security-Policy', "default-src 'none'; sandbox");
}
