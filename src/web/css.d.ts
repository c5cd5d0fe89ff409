// The bundler takes styles along, or their text.

declare module '*.css';
declare module '*.css?text' {
  const text: string;
  export default text;
}
