// What is taken for a code.
import { afterEach, expect, it } from 'vitest';
import { codeIn, forgetLinkedCode, joinCodeIn, keepJoinLink, linkedCode } from './joinLink';

afterEach(() => {
  forgetLinkedCode();
  window.location.hash = '';
});

it('is found in links and in lines that mail programs broke', () => {
  expect(codeIn('comptoir-join-ab 12\n cd')).toBe('COMPTOIR-JOIN-AB12CD');
  expect(codeIn('http://127.0.0.1:4000/#join=COMPTOIR-JOIN-AB12')).toBe('COMPTOIR-JOIN-AB12');
  expect(codeIn(' DKR ')).toBe('DKR');
  expect(joinCodeIn('http://127.0.0.1:4000/#join=comptoir-join-ab12')).toBe('COMPTOIR-JOIN-AB12');
  expect(joinCodeIn('https://example.org/menu'), 'what a camera sees beside it').toBeUndefined();
});

it('leaves the address, and stays for this window', () => {
  window.location.hash = '#join=COMPTOIR-JOIN-AB12';
  keepJoinLink();
  expect([window.location.hash, linkedCode()]).toEqual(['', 'COMPTOIR-JOIN-AB12']);
  window.location.hash = '#join=<script>';
  forgetLinkedCode();
  keepJoinLink();
  expect(linkedCode()).toBe('');
});
