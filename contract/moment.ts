import { Type } from '#typebox';

/** The last moment that a date can be, ms (ECMA-262 §21.4.1.1); JSON knows whole numbers far beyond what a database keeps as one. */
const END_OF_TIME_MS = 8.64e15;

/** A moment, ms since 1970. */
export const Moment = Type.Integer({ minimum: -END_OF_TIME_MS, maximum: END_OF_TIME_MS });
