// The nodes lie in a package of their own, as Node-RED wants it, where `#typebox` has no meaning.
export { type Static, Type } from '#typebox';
export { Compile } from '#typebox/compile';
