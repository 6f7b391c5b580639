/** PostgreSQL's bigint travels as text; what is counted here comes nowhere near 2^53. A transformer of TypeORM. */
export const asNumber = { to: (value: number): number => value, from: (value: string): number => Number(value) };
