package io.overlaybd.registry.credential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real programs, found and run as docker does. */
class HelperProgramTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    private final AtomicLong nanos = new AtomicLong();
    private Path asked;

    @BeforeEach
    void keyring() throws IOException {
        asked = folder.resolve("asked");
        program("keyring", """
                read server
                echo "$1 $server" >> '%s'
                echo 'a secret on stderr' >&2
                case $server in
                reg.test|https://index.docker.io/v1/) echo '{"ServerURL":"'$server'","Username":"alice","Secret":"hunter2"}' ;;
                cloud.test) echo '{"Username":"<token>","Secret":"refresh"}' ;;
                *) echo 'credentials not found in native keychain'; exit 1 ;;
                esac
                """.formatted(asked));
    }

    private Path program(String name, String script) throws IOException {
        Path file = Files.writeString(folder.resolve("docker-credential-" + name), "#!/bin/sh\n" + script);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    private FileCredentials file(String json) throws IOException {
        return file(json, LIMIT);
    }

    private FileCredentials file(String json, Duration limit) throws IOException {
        Path file = Files.writeString(folder.resolve("config.json"), json);
        return new FileCredentials(file, Map.of("PATH", "relative:/nowhere:" + folder), limit, nanos::get);
    }

    private static Credentials find(FileCredentials file, String host) throws IOException {
        return file.find(new CredentialQuery(host, "team/app", "https://" + host + "/v2/team/app/blobs/d"));
    }

    private List<String> asked() throws IOException {
        return Files.exists(asked) ? Files.readAllLines(asked) : List.of();
    }

    @Test
    void helperOfTheRegistryIsAsked() throws IOException {
        FileCredentials file = file("{\"credHelpers\":{\"reg.test\":\"keyring\",\"docker.io\":\"keyring\"}}");
        assertEquals(Credentials.password("alice", "hunter2"), find(file, "reg.test"));
        assertEquals(Credentials.password("alice", "hunter2"), find(file, "registry-1.docker.io"));
        assertTrue(find(file, "other.test").isAnonymous());
        assertEquals(List.of("get reg.test", "get https://index.docker.io/v1/"), asked());
    }

    @Test
    void storeIsAskedForWhatTheFileItselfDoesNotKnow() throws IOException {
        FileCredentials file = file("{\"auths\":{\"reg.test\":{},\"own.test\":{\"username\":\"u\",\"password\":\"p\"}},"
                + "\"credsStore\":\"keyring\"}");
        assertEquals("alice", find(file, "reg.test").user());
        assertEquals("u", find(file, "own.test").user());
        assertTrue(find(file, "unknown.test:5000").isAnonymous());
        assertEquals(List.of("get reg.test", "get unknown.test:5000"), asked());
    }

    @Test
    void longestMatchWinsBetweenHelpersAndEntries() throws IOException {
        FileCredentials file = file("{\"auths\":{\"reg.test/team\":{\"username\":\"team\",\"password\":\"p\"}},"
                + "\"credHelpers\":{\"reg.test\":\"keyring\"}}");
        assertEquals("team", find(file, "reg.test").user());
        assertEquals(
                "alice", file.find(new CredentialQuery("reg.test", "teams", "")).user());
    }

    @Test
    void userNamedTokenMeansAnIdentityToken() throws IOException {
        Credentials found = find(file("{\"credHelpers\":{\"cloud.test\":\"keyring\"}}"), "cloud.test");
        assertEquals(new Credentials("", "", "refresh"), found);
    }

    @Test
    void helperMayBeNamedByItsPath() throws IOException {
        Path program = folder.resolve("docker-credential-keyring");
        assertEquals(
                "alice",
                find(file("{\"credsStore\":\"" + program + "\"}"), "reg.test").user());
    }

    @Test
    void answerIsKeptForAMinute() throws IOException {
        FileCredentials file = file("{\"credsStore\":\"keyring\"}");
        find(file, "reg.test");
        find(file, "reg.test");
        assertEquals(1, asked().size());
        nanos.addAndGet(Duration.ofSeconds(61).toNanos());
        find(file, "reg.test");
        assertEquals(2, asked().size());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "echo hunter2; exit 3", "echo hunter2", "echo '{\"Username\":\"hunter2\"}'",
                "head -c 100000 /dev/zero", "exit 0", "kill -9 $$"
            })
    void helperThatFailsIsAnErrorThatShowsNothingOfIt(String script) throws IOException {
        program("bad", script + "\n");
        FileCredentials file = file("{\"credsStore\":\"bad\"}");
        IOException failure = assertThrows(IOException.class, () -> find(file, "reg.test"));
        assertTrue(failure.getMessage().contains("docker-credential-bad"), failure::getMessage);
        for (Throwable each = failure; each != null; each = each.getCause()) {
            assertFalse(each.toString().contains("hunter2"), each::toString);
        }
    }

    @Test
    void helperThatHangsIsKilledWithWhatItStarted() throws IOException {
        Path pids = folder.resolve("pids");
        program("slow", "echo $$ > '" + pids + "'\nsleep 1000 & echo $! >> '" + pids + "'\nwait\n");
        FileCredentials file = file("{\"credsStore\":\"slow\"}", Duration.ofSeconds(1));
        IOException failure = assertThrows(IOException.class, () -> find(file, "reg.test"));
        assertTrue(failure.getMessage().endsWith("no answer within 1 s"), failure::getMessage);
        for (String pid : Files.readAllLines(pids)) {
            ProcessHandle.of(Long.parseLong(pid))
                    .ifPresent(process -> process.onExit().join());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"absent", "/absolute/absent", "../keyring", "a b"})
    void helperThatIsNotThereIsAnErrorUnlessTheFileKnows(String name) throws IOException {
        FileCredentials file = file("{\"auths\":{\"own.test\":{\"username\":\"u\",\"password\":\"p\"}},"
                + "\"credHelpers\":{\"own.test\":\"" + name + "\"},\"credsStore\":\"" + name + "\"}");
        assertThrows(IOException.class, () -> find(file, "reg.test"));
        assertEquals("u", find(file, "own.test").user());
    }

    @Test
    void helperThatDoesNotReadItsInputMayAnswer() throws IOException {
        program("deaf", "exec <&-\necho '{\"Username\":\"deaf\",\"Secret\":\"s\"}'\n");
        assertEquals("deaf", find(file("{\"credsStore\":\"deaf\"}"), "reg.test").user());
    }
}
