// All strings of the page, in the language of the browser.

import { en } from './en.ts';
import { ko } from './ko.ts';

export const language = navigator.languages.map((tag) => tag.slice(0, 2)).find((tag) => tag === 'en' || tag === 'ko') ?? 'en';
export const text = language === 'ko' ? ko : en;
