/** Methods that ask for no change (RFC 9110 9.2.1; RFC 10008 2 for QUERY). What is known of a GET's answer holds for theirs too. */
const safeMethods = ['GET', 'HEAD', 'QUERY'];

export function isSafeMethod(method: string): boolean {
  return safeMethods.includes(method);
}
