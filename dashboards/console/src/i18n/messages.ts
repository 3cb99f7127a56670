import type { en } from './en.ts';

/** Texts of another language for the same keys. */
export type Texts<T> = { [Key in keyof T]: T[Key] extends string ? string : Texts<T[Key]> };

/** The keys of the console's texts; every language has all of them. */
export type Messages = Texts<typeof en>;
