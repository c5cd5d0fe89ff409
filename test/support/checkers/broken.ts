/** Fails the test whose command broke a rule that holds always. */
export function broken(rule: string, what: string): never {
  throw new Error(`${rule}: ${what}`);
}
