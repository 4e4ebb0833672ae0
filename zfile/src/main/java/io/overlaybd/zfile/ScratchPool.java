package io.overlaybd.zfile;

import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The scratch memory of all reads of all files. A slot for each of 64 threads; a thread looks first where it left its
 * own, so that in the steady state a read costs two uncontended atomic operations and allocates nothing. At most 64
 * scratches are kept, some 20 MiB if all of them once served large reads; who comes when all are taken gets a new one,
 * which is dropped after use if there is still no slot. Not by thread: threads may be many and short-lived.
 *
 * <p>Thread-safe, without locks.
 */
final class ScratchPool {

    private static final int SLOTS = 64;
    private static final AtomicReferenceArray<Scratch> IDLE = new AtomicReferenceArray<>(SLOTS);

    private ScratchPool() {}

    /** A scratch for the calling thread until it is given back. */
    static Scratch take() {
        int home = home();
        for (int i = 0; i < SLOTS; i++) {
            int slot = (home + i) % SLOTS;
            Scratch idle = IDLE.get(slot);
            if (idle != null && IDLE.compareAndSet(slot, idle, null)) {
                return idle;
            }
        }
        return new Scratch();
    }

    /** Takes a scratch back that nobody uses any more. */
    static void give(Scratch scratch) {
        int home = home();
        for (int i = 0; i < SLOTS; i++) {
            int slot = (home + i) % SLOTS;
            if (IDLE.get(slot) == null && IDLE.compareAndSet(slot, null, scratch)) {
                return;
            }
        }
        scratch.release();
    }

    private static int home() {
        return (int) (Thread.currentThread().getId() % SLOTS);
    }
}
