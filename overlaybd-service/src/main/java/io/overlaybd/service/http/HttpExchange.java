package io.overlaybd.service.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection: a request, its answer, the end. Thread-confined; closing the channel from another thread ends it. */
final class HttpExchange {

    private static final Logger LOG = LoggerFactory.getLogger(HttpExchange.class);
    private static final int MAX_HEAD_BYTES = 8 * 1024;
    private static final int MAX_IGNORED_BYTES = 1 << 20;

    private final SocketChannel client;
    private final HttpListener.Handler handler;
    private final ByteBuffer buffer = ByteBuffer.allocate(MAX_HEAD_BYTES);

    HttpExchange(SocketChannel client, HttpListener.Handler handler) {
        this.client = client;
        this.handler = handler;
    }

    void run() throws IOException {
        int end = readHead();
        if (end == 0) {
            return; // gone before it said anything
        }
        HttpAnswer answer;
        boolean bodyless = false;
        try {
            if (end < 0) {
                answer = HttpAnswer.text(431, "the header is longer than " + MAX_HEAD_BYTES + " bytes");
            } else {
                HttpRequest request = HttpRequest.parse(firstLine());
                bodyless = request.method().equals("HEAD");
                answer = answer(request);
            }
        } catch (HttpRequest.MalformedException e) {
            answer = HttpAnswer.text(400, e.getMessage());
        }
        send(answer, bodyless);
        discardTheRest();
    }

    /** Reads up to an empty line; answers where it ends, -1 if that is too far, 0 if the client went away. */
    private int readHead() throws IOException {
        for (int from = 0; ; ) {
            if (client.read(buffer) < 0) {
                return 0;
            }
            for (; from + 1 < buffer.position(); from++) {
                if (endsAt(from)) {
                    return from;
                }
            }
            if (!buffer.hasRemaining()) {
                return -1;
            }
            from = Math.max(0, from - 2);
        }
    }

    /** Two ends of line in a row, each with or without a carriage return. */
    private boolean endsAt(int index) {
        if (buffer.get(index) != '\n') {
            return false;
        }
        boolean returned = buffer.get(index + 1) == '\r';
        return returned
                ? index + 2 < buffer.position() && buffer.get(index + 2) == '\n'
                : buffer.get(index + 1) == '\n';
    }

    private String firstLine() {
        String head =
                StandardCharsets.ISO_8859_1.decode(buffer.duplicate().flip()).toString();
        return head.substring(0, head.indexOf('\n')).stripTrailing();
    }

    private HttpAnswer answer(HttpRequest request) {
        try {
            return handler.answer(request);
        } catch (RuntimeException e) {
            LOG.error("no answer to {} {}, because of a defect of this server", request.method(), request.path(), e);
            return HttpAnswer.text(500, "a defect of this server; the log tells more");
        }
    }

    private void send(HttpAnswer answer, boolean bodyless) throws IOException {
        write(answer.head());
        if (!bodyless) {
            write(answer.body());
        }
        client.shutdownOutput();
    }

    private void write(byte[] bytes) throws IOException {
        ByteBuffer left = ByteBuffer.wrap(bytes);
        while (left.hasRemaining()) {
            // In pieces: the JDK keeps a direct buffer as long as the longest write for each thread.
            int piece = Math.min(left.remaining(), MAX_HEAD_BYTES);
            client.write(left.slice(left.position(), piece));
            left.position(left.position() + piece);
        }
    }

    /** A connection that is closed with something unread is reset, and the answer lost with it. */
    private void discardTheRest() throws IOException {
        for (long ignored = 0; ignored < MAX_IGNORED_BYTES; ignored += buffer.position()) {
            if (client.read(buffer.clear()) < 0) {
                return;
            }
        }
    }
}
