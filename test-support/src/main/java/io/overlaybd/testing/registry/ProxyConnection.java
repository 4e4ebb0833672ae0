package io.overlaybd.testing.registry;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One client's connection to a {@link FaultProxy}: request after request, each with its own connection upstream. */
final class ProxyConnection {

    private static final int BUFFER_BYTES = 64 * 1024;
    private static final int TIMEOUT_MILLIS = 30_000;
    private static final int HOLD_SECONDS = 20;
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d*)");

    private final FaultProxy proxy;
    private final Socket client;
    private final int number;
    private final InputStream in;
    private final OutputStream out;
    private final byte[] buffer = new byte[BUFFER_BYTES];

    ProxyConnection(FaultProxy proxy, Socket client, int number) throws IOException {
        this.proxy = proxy;
        this.client = client;
        this.number = number;
        client.setTcpNoDelay(true);
        this.in = new BufferedInputStream(client.getInputStream());
        this.out = client.getOutputStream();
    }

    void run() throws IOException, InterruptedException {
        try {
            serve();
        } catch (HttpHead.TlsException e) {
            // As real servers do: closing without a word would look like an outage.
            out.write("HTTP/1.0 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
        }
    }

    private void serve() throws IOException, InterruptedException {
        for (HttpHead head = HttpHead.read(in); head != null; head = HttpHead.read(in)) {
            Fault fault = proxy.arrive(new FaultProxy.Request(
                    head.word(0),
                    head.word(1),
                    head.header("Range"),
                    head.header("Authorization"),
                    head.header("Host"),
                    number));
            proxy.pause();
            if (!handle(head, fault)) {
                return;
            }
        }
    }

    /** Whether the connection can take another request. */
    private boolean handle(HttpHead head, Fault fault) throws IOException, InterruptedException {
        if (fault == null) {
            return forward(head, new Fault.Tamper(false, Map.of(), -1, -1, -1));
        }
        if (fault instanceof Fault.Tamper tamper) {
            return forward(head, tamper);
        }
        if (fault instanceof Fault.Hold hold) {
            hold.latch().await(HOLD_SECONDS, TimeUnit.SECONDS);
            return handle(head, hold.then());
        }
        if (fault instanceof Fault.Reset) {
            client.setSoLinger(true, 0);
            return false;
        }
        copyBody(head, in, OutputStream.nullOutputStream(), false);
        if (fault instanceof Fault.Stall) {
            return waitForTheEnd();
        }
        if (fault instanceof Fault.Content content) {
            content(head, content.bytes());
        } else if (fault instanceof Fault.Answer answer) {
            answer(head, answer.status(), answer.headers(), answer.body(), 0, answer.body().length);
        }
        return true;
    }

    private boolean waitForTheEnd() throws IOException {
        while (in.read() >= 0) {
            // Whatever still comes is not answered.
        }
        return false;
    }

    private void content(HttpHead head, byte[] bytes) throws IOException, InterruptedException {
        Matcher range = RANGE.matcher(head.header("Range") == null ? "" : head.header("Range"));
        if (!range.matches()) {
            answer(head, 200, Map.of(), bytes, 0, bytes.length);
            return;
        }
        long first = Long.parseLong(range.group(1));
        if (first >= bytes.length) {
            answer(head, 416, Map.of("Content-Range", "bytes */" + bytes.length), bytes, 0, 0);
            return;
        }
        long last = range.group(2).isEmpty() ? bytes.length : Long.parseLong(range.group(2));
        int end = (int) Math.min(last, bytes.length - 1L) + 1;
        String found = "bytes " + first + "-" + (end - 1) + "/" + bytes.length;
        answer(head, 206, Map.of("Content-Range", found), bytes, (int) first, end - (int) first);
    }

    private void answer(HttpHead head, int status, Map<String, String> headers, byte[] body, int from, int length)
            throws IOException, InterruptedException {
        StringBuilder text = new StringBuilder("HTTP/1.1 " + status + " Scripted\r\n");
        headers.forEach(
                (name, value) -> text.append(name).append(": ").append(value).append("\r\n"));
        text.append("Content-Length: ").append(length).append("\r\n\r\n");
        out.write(text.toString().getBytes(StandardCharsets.ISO_8859_1));
        for (int at = 0; at < length && !head.word(0).equals("HEAD"); at += BUFFER_BYTES) {
            int count = Math.min(BUFFER_BYTES, length - at);
            proxy.throttle().pass(count);
            out.write(body, from + at, count);
        }
        out.flush();
    }

    private boolean forward(HttpHead head, Fault.Tamper tamper) throws IOException, InterruptedException {
        Socket upstream = proxy.adopt(new Socket());
        try {
            upstream.connect(proxy.upstream(), TIMEOUT_MILLIS);
            upstream.setSoTimeout(TIMEOUT_MILLIS);
            head.set("Connection", "close");
            head.set("Expect", null);
            if (proxy.isTls()) {
                head.set("X-Forwarded-Proto", "https");
            }
            if (tamper.dropRange()) {
                head.set("Range", null);
            }
            sendRequest(head, upstream);
            return sendAnswer(head.word(0), new BufferedInputStream(upstream.getInputStream()), tamper);
        } finally {
            proxy.release(upstream);
        }
    }

    private void sendRequest(HttpHead head, Socket upstream) throws IOException, InterruptedException {
        OutputStream to = upstream.getOutputStream();
        try {
            to.write(head.bytes());
            copyBody(head, in, to, false);
            to.flush();
        } catch (IOException refused) {
            // It may have answered before the end of the request, and that answer counts.
        }
    }

    private boolean sendAnswer(String method, InputStream from, Fault.Tamper tamper)
            throws IOException, InterruptedException {
        HttpHead answer = HttpHead.read(from);
        if (answer == null) {
            throw new EOFException("upstream closed without an answer");
        }
        answer.set("Connection", null);
        tamper.headers().forEach(answer::set);
        int status = Integer.parseInt(answer.word(1));
        boolean hasBody = !method.equals("HEAD") && status != 204 && status != 304;
        boolean endsWithConnection = hasBody && !answer.isChunked() && answer.contentLength() < 0;
        if (endsWithConnection) {
            answer.set("Connection", "close");
        }
        out.write(answer.bytes());
        if (hasBody) {
            TamperedStream body = new TamperedStream(out, tamper, proxy.throttle());
            try {
                copyBody(answer, from, body, endsWithConnection);
            } catch (TamperedStream.Cut cut) {
                out.flush();
                return cut.stalls() && waitForTheEnd();
            }
        }
        out.flush();
        return !endsWithConnection;
    }

    /** Copies a body with its framing. */
    private void copyBody(HttpHead head, InputStream from, OutputStream to, boolean toTheEnd) throws IOException {
        if (head.isChunked()) {
            copyChunks(from, to);
        } else if (head.contentLength() >= 0) {
            copy(from, to, head.contentLength());
        } else if (toTheEnd) {
            from.transferTo(to);
        }
    }

    private void copyChunks(InputStream from, OutputStream to) throws IOException {
        long length;
        do {
            String line = HttpHead.readLine(from, false);
            length = Long.parseLong(line.split(";", 2)[0].strip(), 16);
            to.write((line + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            copy(from, to, length);
            to.write((HttpHead.readLine(from, false) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        } while (length > 0);
    }

    private void copy(InputStream from, OutputStream to, long lengthBytes) throws IOException {
        for (long left = lengthBytes; left > 0; ) {
            int count = from.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (count < 0) {
                throw new EOFException("body cut");
            }
            to.write(buffer, 0, count);
            left -= count;
        }
    }
}
