package io.overlaybd.service.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpListenerTest {

    private static final int TIMEOUT_MILLIS = 20_000;

    private HttpListener listener;
    private final CountDownLatch goOn = new CountDownLatch(1);
    private boolean open = true;

    @BeforeEach
    void listen() throws IOException {
        listener = start(Duration.ofSeconds(60));
    }

    private HttpListener start(Duration patience) throws IOException {
        ServerSocketChannel socket = ServerSocketChannel.open();
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        return HttpListener.start("test", socket, client -> open, this::echo, patience);
    }

    private HttpAnswer echo(HttpRequest request) {
        if (request.path().equals("/wait")) {
            await();
        }
        if (request.path().equals("/defect")) {
            throw new IllegalStateException("a defect");
        }
        return HttpAnswer.text(200, request.method() + " " + request.path() + " " + request.parameter("key"));
    }

    private void await() {
        try {
            goOn.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @AfterEach
    void close() throws IOException {
        listener.close();
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket();
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.connect(listener.address());
        return socket;
    }

    private String ask(String request) throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return rest(socket.getInputStream());
        }
    }

    private static String rest(InputStream in) throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void requestIsAnsweredAndTheConnectionEnds() throws IOException {
        String answer = ask("GET /a%20b?key=x%26y+z HTTP/1.1\r\nHost: x\r\n\r\n");
        assertTrue(answer.startsWith("HTTP/1.1 200 OK\r\n"), answer);
        assertTrue(answer.endsWith("\r\n\r\nGET /a b x&y z\n"), answer);
        assertTrue(ask("GET / HTTP/1.0\n\n").endsWith("\r\n\r\nGET / \n"), "bare ends of line");
    }

    @Test
    void headGetsNoBody() throws IOException {
        String answer = ask("HEAD / HTTP/1.1\r\n\r\n");
        assertTrue(answer.startsWith("HTTP/1.1 200 OK\r\n") && answer.endsWith("\r\n\r\n"), answer);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense\r\n\r\n",
                "GET  / HTTP/1.1\r\n\r\n",
                "GET nowhere HTTP/1.1\r\n\r\n",
                "GET / HTTP/2\r\n\r\n",
                "get / HTTP/1.1\r\n\r\n",
                "GET /%zz HTTP/1.1\r\n\r\n",
                "GET /\u00e4 HTTP/1.1\r\n\r\n",
                "\r\n\r\n"
            })
    void whatIsNoRequestIsRefused(String request) throws IOException {
        assertTrue(ask(request).startsWith("HTTP/1.1 400 "), request);
    }

    @Test
    void headerWithoutAnEndIsRefused() throws IOException {
        String answer = ask("GET / HTTP/1.1\r\n" + "X-Long: 0123456789\r\n".repeat(1000));
        assertTrue(answer.startsWith("HTTP/1.1 431 "), answer);
    }

    @Test
    void bodyIsIgnored() throws IOException {
        String answer = ask("POST / HTTP/1.1\r\nContent-Length: 100000\r\n\r\n" + "x".repeat(100_000));
        assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
    }

    @Test
    void defectOfTheHandlerIsToldAsOne() throws IOException {
        assertTrue(ask("GET /defect HTTP/1.1\r\n\r\n").startsWith("HTTP/1.1 500 "));
    }

    @Test
    void clientsThatOnlyHoldConnectionsKeepNobodyOut() throws IOException {
        List<Socket> idle = new ArrayList<>();
        try {
            for (int i = 0; i < 100; i++) {
                Socket socket = connect();
                socket.getOutputStream().write("GET / HT".getBytes(StandardCharsets.US_ASCII));
                idle.add(socket);
            }
            assertTrue(ask("GET / HTTP/1.1\r\n\r\n").startsWith("HTTP/1.1 200 "));
        } finally {
            for (Socket socket : idle) {
                socket.close();
            }
        }
    }

    @Test
    void clientThatSaysNothingIsCutOff() throws IOException {
        listener.close();
        listener = start(Duration.ofMillis(50));
        try (Socket socket = connect()) {
            assertEquals(-1, end(socket));
        }
    }

    @Test
    void timeThatTheAnswerTakesIsNotTheClients() throws IOException {
        listener.close();
        listener = start(Duration.ofMillis(500));
        try (Socket waiting = connect();
                Socket idle = connect()) {
            waiting.getOutputStream().write("GET /wait HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertEquals(-1, end(idle), "the one that came later is out of time");
            goOn.countDown();
            assertTrue(rest(waiting.getInputStream()).startsWith("HTTP/1.1 200 "));
        }
    }

    @Test
    void whoIsNotAdmittedIsToldNothing() throws IOException {
        open = false;
        try (Socket socket = connect()) {
            assertEquals(-1, end(socket));
        }
    }

    private static int end(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read();
        } catch (SocketException reset) {
            return -1;
        }
    }
}
