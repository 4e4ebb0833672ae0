package io.overlaybd.testing.registry;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The first line and the headers of an HTTP/1.1 message. Thread-confined. */
final class HttpHead {

    /** The peer speaks TLS. */
    static final class TlsException extends IOException {

        private static final long serialVersionUID = 1L;

        TlsException() {
            super("a TLS handshake where a request was expected");
        }
    }

    private static final int MAX_BYTES = 64 * 1024;
    private static final int TLS_HANDSHAKE = 0x16;

    private final List<String> lines;

    private HttpHead(List<String> lines) {
        this.lines = lines;
    }

    /** Reads a head; null if the peer closed before its first byte. */
    static HttpHead read(InputStream in) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line = readLine(in, true); ; line = readLine(in, false)) {
            if (line == null) {
                return null;
            }
            if (line.isEmpty()) {
                return new HttpHead(lines);
            }
            lines.add(line);
        }
    }

    /** A line without its end; null at the end of the stream, where that is allowed. */
    static String readLine(InputStream in, boolean mayEnd) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0 && mayEnd && line.size() == 0) {
                return null;
            }
            if (b == TLS_HANDSHAKE && line.size() == 0) {
                throw new TlsException();
            }
            if (b < 0 || line.size() == MAX_BYTES) {
                throw new EOFException("head of a message cut, or too long");
            }
            line.write(b);
        }
        String text = line.toString(StandardCharsets.ISO_8859_1);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }

    /** A word of the first line. */
    String word(int index) {
        return lines.get(0).split(" ", 3)[index];
    }

    /** The first value of a header, null if there is none. */
    String header(String name) {
        return lines.stream()
                .skip(1)
                .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                .map(line -> line.substring(name.length() + 1).strip())
                .findFirst()
                .orElse(null);
    }

    /** Replaces a header; null removes it. */
    void set(String name, String value) {
        lines.subList(1, lines.size()).removeIf(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1));
        if (value != null) {
            lines.add(name + ": " + value);
        }
    }

    boolean isChunked() {
        return "chunked".equalsIgnoreCase(header("Transfer-Encoding"));
    }

    long contentLength() {
        return header("Content-Length") == null ? -1 : Long.parseLong(header("Content-Length"));
    }

    byte[] bytes() {
        return (String.join("\r\n", lines) + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
    }
}
