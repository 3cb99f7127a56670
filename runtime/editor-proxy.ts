/** By this header the gateway shows the flows' editor that it is the gateway; it never leaves the machine. */
export const EDITOR_SECRET_HEADER = 'x-campus-edge-editor';

/** Bytes of one request to the editor: a deploy brings all flows at once, and those of a school with thousands of nodes fit. */
export const EDITOR_BODY_BYTES = 5 * 1024 * 1024;
