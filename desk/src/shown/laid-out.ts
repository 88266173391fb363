/** JSON as it came, with line breaks; numbers stay as they were written. Other text stays as it is. */
export function laidOut(raw: string): string {
  let depth = 0;
  return raw.replaceAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]/g, (part) => {
    const line = () => `\n${'  '.repeat(depth)}`;
    if (part === '{' || part === '[') {
      depth += 1;
      return part + line();
    }
    if (part === '}' || part === ']') {
      depth = Math.max(0, depth - 1);
      return line() + part;
    }
    return part === ',' ? part + line() : part === ':' ? ': ' : part;
  });
}
