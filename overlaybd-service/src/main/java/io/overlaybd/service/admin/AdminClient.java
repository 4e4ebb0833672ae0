package io.overlaybd.service.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Asks a daemon, see the package for what. One request a connection. Immutable. */
public final class AdminClient {

    private static final int MAX_ANSWER_BYTES = 64 << 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path socket;

    /** Whoever listens at this file. */
    public AdminClient(Path socket) {
        this.socket = socket;
    }

    /** Whether there is a socket; not, whether anybody listens. */
    public boolean exists() {
        return Files.exists(socket);
    }

    /**
     * Asks, and answers the JSON object that came.
     *
     * @param method GET or POST
     * @param target path and query, percent-encoded
     * @throws IOException if nobody listens, or with the reason for which the daemon refuses
     */
    public JsonNode ask(String method, String target) throws IOException {
        String answer = exchange(method + " " + target + " HTTP/1.1\r\nHost: overlaybd\r\n\r\n");
        int body = answer.indexOf("\r\n\r\n");
        String[] status = answer.split(" ", 3);
        if (body < 0 || status.length < 3) {
            throw new IOException(socket + ": what answers is no daemon of ours");
        }
        JsonNode json = JSON.readTree(answer.substring(body));
        if (!status[1].equals("200")) {
            throw new IOException(json.path("error").asText("HTTP status " + status[1]));
        }
        return json;
    }

    private String exchange(String request) throws IOException {
        try (SocketChannel channel = connect()) {
            ByteBuffer bytes = ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            byte[] answer = Channels.newInputStream(channel).readNBytes(MAX_ANSWER_BYTES);
            return new String(answer, StandardCharsets.UTF_8);
        }
    }

    private SocketChannel connect() throws IOException {
        try {
            return SocketChannel.open(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            throw new IOException(
                    "no daemon answers at " + socket + " (" + e.getMessage()
                            + "); see that overlaybd-tcmu runs, and that you are root",
                    e);
        }
    }
}
