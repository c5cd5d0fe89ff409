export const needsObjectShapes: boolean;
export function withObjectShapes(code: string): string;
