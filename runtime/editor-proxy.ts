/** By this header the gateway shows the flows' editor that it is the gateway; it never leaves the machine. */
export const EDITOR_SECRET_HEADER = 'x-campus-edge-editor';
