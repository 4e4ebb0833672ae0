package io.overlaybd.registry.credential;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/**
 * One of docker's credential helpers, {@code docker-credential-NAME}: run for each question, with the argument {@code get} and the
 * server on its standard input. It answers on its standard output; what it says on standard error may be a secret and is dropped.
 *
 * <pre>
 *  exit 0          {"ServerURL": S, "Username": U, "Secret": P}     U = "&lt;token&gt;": P is an identity token
 *  exit not 0      "credentials not found..."                       it knows nobody; any other text: it failed
 * </pre>
 *
 * A program that takes longer than {@code limit} is killed, with what it started. Immutable.
 */
final class HelperProgram {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_ANSWER_BYTES = 64 << 10;
    private static final String TOKEN_USER = "<token>";
    private static final String UNKNOWN = "credentials not found";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._+-]{1,100}");
    private static final long KILL_SECONDS = 1;

    private final Path program;
    private final Duration limit;

    private HelperProgram(Path program, Duration limit) {
        this.program = program;
        this.limit = limit;
    }

    /**
     * Looks a helper up.
     *
     * @param name what follows {@code docker-credential-}, or the absolute path of the program
     * @throws IOException if there is no such program on {@code PATH}
     */
    static HelperProgram named(String name, Map<String, String> environment, Duration limit) throws IOException {
        if (name.startsWith("/")) {
            Path program = Path.of(name);
            if (!Files.isExecutable(program)) {
                throw new IOException("credential helper " + program + ": not an executable file");
            }
            return new HelperProgram(program, limit);
        }
        if (!NAME.matcher(name).matches()) {
            throw new IOException(
                    "credential helper: expected a name as in docker-credential-NAME, or an absolute path");
        }
        for (String folder :
                environment.getOrDefault("PATH", "/usr/local/bin:/usr/bin:/bin").split(":")) {
            Path program = Path.of(folder, "docker-credential-" + name);
            if (program.isAbsolute() && Files.isExecutable(program)) {
                return new HelperProgram(program, limit);
            }
        }
        throw new IOException("credential helper docker-credential-" + name
                + ": not found on PATH; install it, or name it by its absolute path");
    }

    /** What the program knows of a server, {@link Credentials#ANONYMOUS} if nothing. */
    Credentials get(String server) throws IOException {
        Process process = new ProcessBuilder(program.toString(), "get")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            CompletableFuture<byte[]> output =
                    CompletableFuture.supplyAsync(() -> exchange(process, server), HelperProgram::inOwnThread);
            byte[] answer = output.get(limit.toNanos(), TimeUnit.NANOSECONDS);
            if (answer.length > MAX_ANSWER_BYTES) {
                throw failure("answered more than " + MAX_ANSWER_BYTES + " bytes");
            }
            if (!process.waitFor(KILL_SECONDS, TimeUnit.SECONDS)) {
                throw failure("closed its output and did not end");
            }
            return process.exitValue() == 0 ? read(answer) : refusal(process.exitValue(), answer);
        } catch (TimeoutException e) {
            throw failure("no answer within " + limit.toSeconds() + " s");
        } catch (ExecutionException e) {
            throw failure("its answer cannot be read");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException(program + ": interrupted while it ran");
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private static void inOwnThread(Runnable work) {
        Thread thread = new Thread(work, "obd-credential-helper");
        thread.setDaemon(true);
        thread.start();
    }

    /** Ends with the program at the latest, which is killed if it does not end. */
    private static byte[] exchange(Process process, String server) {
        try (OutputStream in = process.getOutputStream()) {
            in.write(server.getBytes(StandardCharsets.UTF_8));
        } catch (IOException notInterested) {
            // It may answer, or fail, without having read; its output says which.
        }
        try (InputStream out = process.getInputStream()) {
            return out.readNBytes(MAX_ANSWER_BYTES + 1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Credentials read(byte[] answer) throws IOException {
        JsonNode json;
        try {
            json = JSON.readTree(answer);
        } catch (JsonProcessingException notJson) {
            // Its message quotes the text.
            throw failure("its answer is not JSON");
        }
        String user = json.path("Username").asText("");
        String secret = json.path("Secret").asText("");
        if (secret.isEmpty()) {
            throw failure("its answer has no Secret");
        }
        return user.equals(TOKEN_USER) ? new Credentials("", "", secret) : Credentials.password(user, secret);
    }

    private Credentials refusal(int status, byte[] answer) throws IOException {
        String text = new String(answer, 0, Math.min(answer.length, 200), StandardCharsets.UTF_8);
        if (text.strip().startsWith(UNKNOWN)) {
            return Credentials.ANONYMOUS;
        }
        throw failure("failed with exit code " + status);
    }

    private IOException failure(String problem) {
        return new IOException("credential helper " + program + ": " + problem);
    }

    @Override
    public String toString() {
        return program.toString();
    }
}
