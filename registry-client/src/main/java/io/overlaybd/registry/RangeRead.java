package io.overlaybd.registry;

import io.overlaybd.io.BlobOrigin;
import io.overlaybd.io.metrics.Stage;
import io.overlaybd.io.metrics.StageTimes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalLong;
import okhttp3.HttpUrl;
import okhttp3.Request;

/**
 * Reads a range of a blob into a buffer. Each attempt asks for what is still missing, so that a transfer that broke is
 * resumed. Answers with the length of the blob, {@link ContentRange#UNKNOWN} if nobody said it. Never keeps bytes whose
 * range, length or total is not what was asked for. Thread-confined.
 */
final class RangeRead implements Endpoint<Long> {

    private final HttpUrl url;
    private final long offsetBytes;
    private final ByteBuffer dst;
    private final BlobOrigin.Arrivals arrivals;
    private final int start;
    private final BlobSize size;
    private final long sizeHintBytes;
    private final Operations operations;

    /** {@code sizeHintBytes} is what is said of the length elsewhere, negative if nothing. */
    RangeRead(
            HttpUrl url,
            long offsetBytes,
            ByteBuffer dst,
            BlobOrigin.Arrivals arrivals,
            BlobSize size,
            long sizeHintBytes,
            Operations operations) {
        this.url = url;
        this.offsetBytes = offsetBytes;
        this.dst = dst;
        this.arrivals = arrivals;
        this.start = dst.position();
        this.size = size;
        this.sizeHintBytes = sizeHintBytes;
        this.operations = operations;
    }

    @Override
    public Operations operations() {
        return operations;
    }

    @Override
    public OptionalLong blobBytes() {
        long known = size.isKnown() ? size.bytes() : sizeHintBytes;
        return known < 0 ? OptionalLong.empty() : OptionalLong.of(known);
    }

    @Override
    public String action() {
        return "read " + (dst.limit() - start) + " bytes at byte " + offsetBytes;
    }

    @Override
    public String method() {
        return "GET";
    }

    @Override
    public HttpUrl url() {
        return url;
    }

    @Override
    public long lengthBytes() {
        return dst.limit() - start;
    }

    @Override
    public void addHeaders(Request.Builder request) {
        request.header("Range", "bytes=" + firstBytes() + "-" + lastBytes());
    }

    private long firstBytes() {
        return offsetBytes + (dst.position() - start);
    }

    /** The last byte that can come: of what is asked for, or of the blob where its length is known. */
    private long lastBytes() {
        long asked = Math.max(firstBytes() + dst.remaining() - 1, firstBytes());
        return size.isKnown() ? Math.min(asked, size.bytes() - 1) : asked;
    }

    @Override
    public Optional<Long> take(Answer answer) throws IOException {
        return switch (answer.status()) {
            case 206 -> Optional.of(part(answer));
            case 200 -> Optional.of(whole(answer));
            case 416 -> Optional.of(beyond(answer));
            default -> Optional.empty();
        };
    }

    private long part(Answer answer) throws IOException {
        ContentRange range = ContentRange.parse(answer.header("Content-Range"));
        boolean isWithin = range.firstBytes() == firstBytes() && range.lastBytes() <= lastBytes();
        if (isWithin) {
            // Not before: a range that is wrong says nothing of the length that could be believed.
            size.settle(range.totalBytes());
        }
        if (!isWithin || size.isKnown() && range.lastBytes() != lastBytes()) {
            throw FailedAttempt.protocol("expected bytes " + firstBytes() + "-" + lastBytes() + ", found bytes "
                    + range.firstBytes() + "-" + range.lastBytes());
        }
        copy(answer, range.lastBytes() - range.firstBytes() + 1);
        return size.bytes();
    }

    /** A server that ignores the range sends all: right only where all was asked for. */
    private long whole(Answer answer) throws IOException {
        long length = answer.bodyLengthBytes();
        if (firstBytes() != 0 || length < 0 || length > dst.remaining()) {
            throw FailedAttempt.protocol("the whole blob came where bytes " + firstBytes() + "-" + lastBytes()
                    + " were asked for: ranges are not supported");
        }
        size.settle(length);
        copy(answer, length);
        return length;
    }

    private long beyond(Answer answer) throws IOException {
        String header = answer.header("Content-Range");
        if (header == null) {
            return ContentRange.UNKNOWN;
        }
        long total = ContentRange.parse(header).totalBytes();
        size.settle(total);
        if (total == ContentRange.UNKNOWN || total > firstBytes()) {
            throw FailedAttempt.protocol("byte " + firstBytes() + " of " + total + " is said not to exist");
        }
        return total;
    }

    private void copy(Answer answer, long lengthBytes) throws IOException {
        String encoding = answer.header("Content-Encoding");
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            throw FailedAttempt.protocol("the bytes came encoded although identity was asked for");
        }
        long announced = answer.bodyLengthBytes();
        if (announced >= 0 && announced != lengthBytes) {
            throw FailedAttempt.protocol("Content-Length: expected " + lengthBytes + ", found " + announced);
        }
        int from = dst.position();
        int limit = dst.limit();
        dst.limit(from + (int) lengthBytes);
        try {
            fill(answer, from, lengthBytes);
        } finally {
            dst.limit(limit);
        }
        if (announced < 0 && !isAtEnd(answer)) {
            dst.position(from);
            throw FailedAttempt.protocol("more bytes than the " + lengthBytes + " that were announced");
        }
        answer.markRead();
    }

    private void fill(Answer answer, int from, long lengthBytes) throws FailedAttempt {
        Stage before = StageTimes.enter(Stage.REGISTRY_BODY);
        try {
            while (dst.hasRemaining()) {
                int count = answer.body().read(dst);
                if (count < 0) {
                    throw FailedAttempt.cut(dst.position() - from, lengthBytes, null);
                }
                arrivals.arrived(count);
            }
        } catch (FailedAttempt cut) {
            throw cut;
        } catch (IOException e) {
            throw FailedAttempt.cut(dst.position() - from, lengthBytes, e);
        } finally {
            StageTimes.leave(before);
        }
    }

    private static boolean isAtEnd(Answer answer) throws FailedAttempt {
        try {
            return answer.body().exhausted();
        } catch (IOException e) {
            throw FailedAttempt.ofTransport(e);
        }
    }
}
