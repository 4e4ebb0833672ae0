package io.overlaybd.fuzz;

import io.overlaybd.io.RawCrc32c;
import io.overlaybd.service.prefetch.Trace;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Traces of reads. What is accepted is written as it was read, but for what is no read in it. */
public final class TraceFuzz {

    private static final int HEADER_BYTES = 24;
    private static final int MAGIC = 0xC2EF1820;

    private TraceFuzz() {}

    /** One input, as it is and with the header that its records would have. */
    public static void fuzzerTestOneInput(byte[] data) {
        parse(data);
        if (data.length >= HEADER_BYTES) {
            byte[] whole = data.clone();
            ByteBuffer header = ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN);
            header.putInt(0, MAGIC).putLong(8, whole.length - HEADER_BYTES);
            header.putInt(16, new RawCrc32c(0).of(header, HEADER_BYTES, whole.length - HEADER_BYTES));
            parse(whole);
        }
    }

    private static void parse(byte[] data) {
        try {
            Trace trace = Trace.parse("fuzz", ByteBuffer.wrap(data));
            Trace again = Trace.parse("again", trace.encode());
            if (!again.reads().equals(trace.reads())) {
                throw new IllegalStateException("read " + trace.reads() + ", and written and read " + again.reads());
            }
        } catch (IOException refused) {
            return;
        }
    }
}
