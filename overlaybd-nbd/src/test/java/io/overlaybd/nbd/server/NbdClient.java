package io.overlaybd.nbd.server;

import java.io.Closeable;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A small blocking client, with numbers of its own: a wrong constant in the server does not go unnoticed. It checks what
 * every reply must keep to. One thread may send requests while another receives answers.
 */
final class NbdClient implements Closeable {

    static final int EXPORT_NAME = 1;
    static final int ABORT = 2;
    static final int LIST = 3;
    static final int STARTTLS = 5;
    static final int INFO = 6;
    static final int GO = 7;
    static final int STRUCTURED_REPLY = 8;
    static final int LIST_META_CONTEXT = 9;
    static final int SET_META_CONTEXT = 10;

    static final int READ = 0;
    static final int WRITE = 1;
    static final int DISC = 2;
    static final int FLUSH = 3;
    static final int TRIM = 4;
    static final int CACHE = 5;
    static final int WRITE_ZEROES = 6;
    static final int BLOCK_STATUS = 7;

    static final int FUA = 1;
    static final int NO_HOLE = 2;
    static final int FAST_ZERO = 16;
    static final int DF = 4;
    static final int REQ_ONE = 8;

    private static final int ERROR_BIT = 0x8000;

    /** One reply to an option. */
    record OptionAnswer(int type, byte[] data) {
        boolean isError() {
            return type < 0;
        }

        String text() {
            return new String(data, StandardCharsets.UTF_8);
        }
    }

    /** The whole answer to one request, put together from its chunks. */
    static final class Answer {
        final long offsetBytes;
        final int lengthBytes;
        byte[] data = new byte[0];
        final List<long[]> extents = new ArrayList<>();
        int errorCode;
        long errorOffsetBytes = -1;
        int coveredBytes;
        int dataChunks;
        int holeChunks;

        Answer(long offsetBytes, int dataBytes) {
            this.offsetBytes = offsetBytes;
            this.lengthBytes = dataBytes;
        }

        private void cover(int from, int count) {
            if (data.length == 0) {
                data = new byte[lengthBytes];
            }
            if (from < 0 || count <= 0 || count > lengthBytes - from) {
                throw new AssertionError("chunk outside of the read: " + count + " bytes at " + from);
            }
            coveredBytes += count;
        }
    }

    /** An answer and which request it is for. */
    record Completed(long cookie, Answer answer) {}

    final Wire wire;
    private final Map<Long, Answer> open = new ConcurrentHashMap<>();
    private boolean structured;
    long sizeBytes = -1;
    int transmissionFlags;
    private long nextCookie = 0x1122_3344_5566_0000L;

    private NbdClient(Wire wire) {
        this.wire = wire;
    }

    /** Connects and takes the greeting, no more. */
    static NbdClient greet(SocketAddress address, int clientFlags) throws IOException {
        Wire wire = new Wire(address);
        ByteBuffer greeting = wire.receive(18);
        if (greeting.getLong() != 0x4e42444d41474943L
                || greeting.getLong() != 0x49484156454F5054L
                || greeting.getShort() != 3) {
            throw new AssertionError("bad greeting");
        }
        wire.send(ByteBuffer.allocate(4).putInt(clientFlags).flip());
        return new NbdClient(wire);
    }

    /** Connects with structured replies and the allocation context. */
    static NbdClient structured(SocketAddress address) throws IOException {
        NbdClient client = greet(address, 3);
        client.option(STRUCTURED_REPLY, new byte[0]);
        client.structured = true;
        client.option(SET_META_CONTEXT, metaQuery("", "base:allocation"));
        client.go();
        return client;
    }

    /** Connects with simple replies. */
    static NbdClient simple(SocketAddress address) throws IOException {
        NbdClient client = greet(address, 3);
        client.go();
        return client;
    }

    static byte[] metaQuery(String export, String... queries) {
        ByteBuffer data = ByteBuffer.allocate(4096);
        putText(data, export);
        data.putInt(queries.length);
        for (String query : queries) {
            putText(data, query);
        }
        return bytes(data.flip());
    }

    static byte[] infoQuery(String export, int... items) {
        ByteBuffer data = ByteBuffer.allocate(4096);
        putText(data, export);
        data.putShort((short) items.length);
        for (int item : items) {
            data.putShort((short) item);
        }
        return bytes(data.flip());
    }

    private static void putText(ByteBuffer out, String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        out.putInt(utf8.length).put(utf8);
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    private void go() throws IOException {
        for (OptionAnswer answer : option(GO, infoQuery(""))) {
            ByteBuffer data = ByteBuffer.wrap(answer.data());
            if (answer.type() == 3 && data.getShort() == 0) {
                sizeBytes = data.getLong();
                transmissionFlags = data.getShort() & 0xffff;
            }
        }
    }

    void sendOption(int option, byte[] data) throws IOException {
        wire.send(ByteBuffer.allocate(16 + data.length)
                .putLong(0x49484156454F5054L)
                .putInt(option)
                .putInt(data.length)
                .put(data)
                .flip());
    }

    /** Sends an option and takes all its replies. */
    List<OptionAnswer> option(int option, byte[] data) throws IOException {
        sendOption(option, data);
        List<OptionAnswer> answers = new ArrayList<>();
        do {
            ByteBuffer head = wire.receive(20);
            if (head.getLong() != 0x3e889045565a9L || head.getInt() != option) {
                throw new AssertionError("bad head of an option reply");
            }
            int type = head.getInt();
            answers.add(new OptionAnswer(type, bytes(wire.receive(head.getInt()))));
        } while (answers.get(answers.size() - 1).type() > 1);
        return answers;
    }

    /** Sends a request and answers its cookie. */
    synchronized long send(int flags, int command, long offsetBytes, long lengthBytes) throws IOException {
        long cookie = nextCookie++;
        open.put(cookie, new Answer(offsetBytes, command == READ ? (int) Math.min(lengthBytes, 64 << 20) : 0));
        wire.send(header(flags, command, cookie, offsetBytes, lengthBytes));
        return cookie;
    }

    /** Sends a write and its data, all that remain in {@code src}; answers its cookie. */
    synchronized long sendWrite(int flags, long offsetBytes, ByteBuffer src) throws IOException {
        long cookie = send(flags, WRITE, offsetBytes, src.remaining());
        wire.send(src);
        return cookie;
    }

    /** Writes and waits for the answer. */
    Answer write(int flags, long offsetBytes, ByteBuffer src) throws IOException {
        return answerTo(sendWrite(flags, offsetBytes, src));
    }

    static ByteBuffer header(int flags, int command, long cookie, long offsetBytes, long lengthBytes) {
        return ByteBuffer.allocate(28)
                .putInt(0x25609513)
                .putShort((short) flags)
                .putShort((short) command)
                .putLong(cookie)
                .putLong(offsetBytes)
                .putInt((int) lengthBytes)
                .flip();
    }

    /** Receives until some request is answered as a whole. */
    Completed receive() throws IOException {
        while (true) {
            int magic = wire.receive(4).getInt();
            if (magic == 0x67446698) {
                return receiveSimple();
            }
            if (magic != 0x668e33ef || !structured) {
                throw new AssertionError("bad magic of a reply: " + Integer.toHexString(magic));
            }
            ByteBuffer head = wire.receive(16);
            boolean last = head.getShort() == 1;
            int type = head.getShort() & 0xffff;
            long cookie = head.getLong();
            Answer answer = expected(cookie);
            receiveChunk(answer, type, head.getInt());
            if (last) {
                open.remove(cookie);
                return new Completed(cookie, answer);
            }
        }
    }

    private Answer expected(long cookie) {
        Answer answer = open.get(cookie);
        if (answer == null) {
            throw new AssertionError("a reply to a request that is not open: " + Long.toHexString(cookie));
        }
        return answer;
    }

    private Completed receiveSimple() throws IOException {
        ByteBuffer head = wire.receive(12);
        int error = head.getInt();
        long cookie = head.getLong();
        Answer answer = expected(cookie);
        open.remove(cookie);
        answer.errorCode = error;
        if (error == 0 && answer.lengthBytes > 0) {
            if (structured) {
                throw new AssertionError("a simple reply to a read where structured ones were agreed on");
            }
            answer.data = wire.receive(answer.lengthBytes).array();
            answer.coveredBytes = answer.lengthBytes;
        }
        return new Completed(cookie, answer);
    }

    private void receiveChunk(Answer answer, int type, int lengthBytes) throws IOException {
        ByteBuffer body = wire.receive(lengthBytes);
        switch (type) {
            case 0 -> {}
            case 1 -> {
                int from = (int) (body.getLong() - answer.offsetBytes);
                answer.cover(from, body.remaining());
                answer.dataChunks++;
                body.get(answer.data, from, body.remaining());
            }
            case 2 -> {
                answer.holeChunks++;
                answer.cover((int) (body.getLong() - answer.offsetBytes), body.getInt());
            }
            case 5 -> {
                body.getInt();
                while (body.hasRemaining()) {
                    answer.extents.add(new long[] {body.getInt() & 0xffff_ffffL, body.getInt()});
                }
            }
            case ERROR_BIT | 1, ERROR_BIT | 2 -> {
                answer.errorCode = body.getInt();
                int textBytes = body.getShort();
                body.position(body.position() + textBytes);
                answer.errorOffsetBytes = type == (ERROR_BIT | 2) ? body.getLong() : -1;
            }
            default -> throw new AssertionError("unknown chunk " + type);
        }
    }

    /** Sends one request and waits for its answer. */
    Answer call(int flags, int command, long offsetBytes, long lengthBytes) throws IOException {
        return answerTo(send(flags, command, offsetBytes, lengthBytes));
    }

    private Answer answerTo(long cookie) throws IOException {
        Completed completed = receive();
        if (completed.cookie() != cookie) {
            throw new AssertionError("another request was answered");
        }
        return completed.answer();
    }

    /** Reads a range that must be readable. */
    byte[] read(long offsetBytes, int lengthBytes) throws IOException {
        Answer answer = call(0, READ, offsetBytes, lengthBytes);
        if (answer.errorCode != 0 || answer.coveredBytes != lengthBytes) {
            throw new IOException("error " + answer.errorCode + ", " + answer.coveredBytes + " bytes");
        }
        return answer.data;
    }

    @Override
    public void close() throws IOException {
        wire.close();
    }
}
