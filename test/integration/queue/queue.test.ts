import { join } from 'node:path';
import { DurableQueue } from '../../../queue/queue.ts';
import { queueConformance } from './conformance.ts';

queueConformance('DurableQueue', DurableQueue.open, join(import.meta.dirname, 'endless-writer.ts'));
