package io.overlaybd.testing.registry;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/**
 * The real {@code docker-registry} as a process at 127.0.0.1, on a port of its own, with its store in a temporary folder.
 * Skips the test, visibly, where the program is absent. Thread-confined to its test.
 */
public final class DockerRegistry implements Closeable {

    /** The user whom a registry with passwords or tokens knows. */
    public static final String USER = "alice";

    /** The password of {@link #USER}. */
    public static final String PASSWORD = "secret";

    static final String USER_AND_PASSWORD = USER + ":" + PASSWORD;

    private static final String HTPASSWD = USER + ":$2y$05$HnP1plWVgbIf6zSPS0grPegepQHOz9pIIBmAk6HxzPJ0pI/2FhG4m";
    private static final int START_ATTEMPTS = 3;
    private static final long START_NANOS = TimeUnit.SECONDS.toNanos(15);
    private static final long STOP_SECONDS = 10;

    private final Path folder;
    private final Path program;
    private final String auth;
    private final Thread atExit = new Thread(this::stopAndDelete);
    private int port;
    private volatile Process process;

    private DockerRegistry(String auth) {
        this.program = findProgram();
        this.auth = auth;
        try {
            this.folder = Files.createTempDirectory("docker-registry");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        // A VM that ends before the test does leaves no process behind either.
        Runtime.getRuntime().addShutdownHook(atExit);
        try {
            Files.writeString(folder.resolve("htpasswd"), HTPASSWD + "\n");
            startOnFreePort();
        } catch (IOException e) {
            close();
            throw new UncheckedIOException(e);
        }
    }

    /** Lets everyone read and write. */
    public static DockerRegistry anonymous() {
        return new DockerRegistry("");
    }

    /** Asks for user and password. */
    public static DockerRegistry withPassword() {
        return new DockerRegistry("auth: {htpasswd: {realm: test, path: htpasswd}}\n");
    }

    /** Asks for tokens of a server, at the URL that clients are to use. */
    public static DockerRegistry withTokens(String realm) {
        return new DockerRegistry("auth: {token: {realm: '" + realm + "', service: '" + TokenServer.SERVICE
                + "', issuer: '" + TokenServer.ISSUER + "', rootcertbundle: '"
                + TestCertificates.shared().tokenCertFile() + "'}}\n");
    }

    private static Path findProgram() {
        for (String folder : System.getenv().getOrDefault("PATH", "").split(":")) {
            Path candidate = Path.of(folder, "docker-registry");
            if (Files.isExecutable(candidate)) {
                return candidate;
            }
        }
        Assumptions.abort("SKIPPED: docker-registry is not installed");
        throw new AssertionError();
    }

    private void startOnFreePort() throws IOException {
        for (int attempt = 1; ; attempt++) {
            try (ServerSocket probe = new ServerSocket(0)) {
                port = probe.getLocalPort();
            }
            try {
                start();
                return;
            } catch (IOException portWasTaken) {
                if (attempt == START_ATTEMPTS) {
                    throw portWasTaken;
                }
            }
        }
    }

    private void start() throws IOException {
        Path config = folder.resolve("config.yml");
        Files.writeString(config, """
                version: 0.1
                log: {level: warn}
                storage: {filesystem: {rootdirectory: store}, delete: {enabled: true}}
                http: {addr: '127.0.0.1:%d', secret: test}
                """.formatted(port) + auth);
        process = new ProcessBuilder(program.toString(), "serve", config.toString())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .start();
        awaitListening();
    }

    private void awaitListening() throws IOException {
        long startNanos = System.nanoTime();
        while (true) {
            try (Socket probe = new Socket()) {
                probe.connect(address(), 1000);
                return;
            } catch (IOException notYet) {
                if (!process.isAlive() || System.nanoTime() - startNanos > START_NANOS) {
                    stop();
                    throw new IOException("docker-registry did not start: " + Files.readString(log()), notYet);
                }
            }
            try {
                process.waitFor(10, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                stop();
                throw new IOException("interrupted while docker-registry started", e);
            }
        }
    }

    private Path log() {
        return folder.resolve("log");
    }

    /** Stops it; what it stored stays. */
    public void stop() {
        if (process == null) {
            return;
        }
        process.destroyForcibly();
        try {
            process.waitFor(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Stops it, and starts it again at the same address with what it stored. */
    public void restart() {
        stop();
        try {
            start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return new InetSocketAddress("127.0.0.1", port);
    }

    /** {@code host:port}. */
    public String host() {
        return "127.0.0.1:" + port;
    }

    /** {@code http://host:port}. */
    public String url() {
        return "http://" + host();
    }

    /**
     * Puts a blob straight into the store, past all authentication.
     *
     * @return its digest, {@code sha256:...}
     */
    public String storeBlob(String repository, byte[] bytes) {
        try {
            String hex = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
            Path root = folder.resolve("store/docker/registry/v2");
            Path blob = root.resolve("blobs/sha256/" + hex.substring(0, 2) + "/" + hex);
            Path link = root.resolve("repositories/" + repository + "/_layers/sha256/" + hex);
            Files.createDirectories(blob);
            Files.createDirectories(link);
            Files.write(blob.resolve("data"), bytes);
            Files.writeString(link.resolve("link"), "sha256:" + hex);
            return "sha256:" + hex;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private void stopAndDelete() {
        stop();
        TempFolders.delete(folder);
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException exiting) {
            return;
        }
        stopAndDelete();
    }
}
