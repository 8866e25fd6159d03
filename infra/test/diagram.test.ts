import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { draw, FILE } from '../diagram/architecture.ts';

test('P4 docs/architecture.svg is what its source draws: npm run diagram', () => {
  expect(readFileSync(FILE, 'utf8')).toBe(draw());
});
