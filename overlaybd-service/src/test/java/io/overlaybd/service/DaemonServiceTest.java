package io.overlaybd.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.config.ConfigException;
import io.overlaybd.service.log.DaemonLog;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class DaemonServiceTest {

    private static final String LINE = "\\d{4}/\\d\\d/\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{6}\\|%s\\|th=main\\|%s";

    @TempDir
    private Path folder;

    private Path log() {
        return folder.resolve("logs/overlaybd.log");
    }

    private Path audit() {
        return folder.resolve("audit.log");
    }

    private Path config(int level, String more) throws IOException {
        String logs = "\"logConfig\":{\"logLevel\":%d,\"logPath\":\"%s\"},\"auditPath\":\"%s\"";
        return Files.writeString(
                folder.resolve("overlaybd.json"), "{" + String.format(logs, level, log(), audit()) + more + "}");
    }

    private static void say(String text) {
        LoggerFactory.getLogger(DaemonServiceTest.class).info(text);
        LoggerFactory.getLogger(DaemonServiceTest.class).error(text);
        LoggerFactory.getLogger(DaemonLog.AUDIT).info("download[pathname={}]", text);
    }

    private static List<String> lines(Path file) throws IOException {
        return Files.readAllLines(file);
    }

    private interface Work {
        void with(DaemonService service) throws IOException;
    }

    private static void serving(Path config, Work work) throws IOException {
        try (DaemonService service = DaemonService.start(Optional.of(config))) {
            work.with(service);
        }
    }

    @Test
    void linesGoWhereTheConfigurationSaysInTheFormOfTheOriginal() throws IOException {
        serving(config(1, ""), service -> {
            say("one");
        });
        assertTrue(
                lines(log()).get(0).matches(String.format(LINE, "INFO ", "DaemonServiceTest:one")), () -> read(log()));
        assertTrue(
                lines(log()).get(1).matches(String.format(LINE, "ERROR", "DaemonServiceTest:one")), () -> read(log()));
        assertEquals(2, lines(log()).size());
        assertTrue(lines(audit()).get(0).matches(String.format(LINE, "AUDIT", "download\\[pathname=one\\]")));
        assertEquals(1, lines(audit()).size());
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Test
    void reloadTellsWhatChangedAndWhenItCounts() throws IOException {
        Path config = config(1, "");
        serving(config, service -> {
            config(3, ",\"userAgent\":\"me\",\"cacheConfig\":{\"cacheType\":\"file\",\"cacheSizeGB\":7}");
            service.reloadOrTell();
            say("after");
        });
        String log = read(log());
        assertTrue(log.contains("configuration: log: LogConfig[level=INFO"), log);
        assertTrue(log.contains("userAgent: Optional.empty becomes Optional[me], with the next start"), log);
        assertTrue(
                log.lines().anyMatch(line -> line.contains("configuration: cache: ") && !line.contains("next start")),
                log);
        assertEquals(1, log.lines().filter(line -> line.contains("after")).count(), log);
    }

    @Test
    void fileThatCannotBeUsedChangesNothing() throws IOException {
        Path config = config(1, "");
        serving(config, service -> {
            Files.writeString(config, "{\"logConfig\":{\"logLevel\":9,\"logPath\":\"/nowhere\"}}");
            service.reloadOrTell();
            say("still here");
        });
        assertTrue(read(log()).contains("the configuration stays as it is"), () -> read(log()));
        assertTrue(read(log()).contains("INFO |th=main|DaemonServiceTest:still here"), () -> read(log()));
    }

    @Test
    void logThatWasMovedAwayIsBegunAnewAfterReload() throws IOException {
        Path config = config(1, "");
        serving(config, service -> {
            Files.move(log(), folder.resolve("old"));
            service.reloadOrTell();
            say("anew");
        });
        assertTrue(read(log()).contains("anew"), () -> read(log()));
    }

    @Test
    void logThatCannotBeWrittenDoesNotKeepTheDaemonFromServing() throws IOException {
        Path config = config(1, "");
        Files.writeString(folder.resolve("logs"), "a file where a folder should be");
        serving(config, service -> {
            say("heard");
        });
        assertEquals(1, lines(audit()).size());
    }

    @Test
    void auditThatIsSwitchedOffWritesNoFile() throws IOException {
        serving(config(1, ",\"enableAudit\":false"), service -> {
            say("unheard");
        });
        assertFalse(Files.exists(audit()));
    }

    @Test
    void fileThatCannotBeUsedIsNoStart() throws IOException {
        Path config = Files.writeString(folder.resolve("overlaybd.json"), "{\"auditPath\":7}");
        assertThrows(ConfigException.class, () -> DaemonService.start(Optional.of(config)));
        assertThrows(IOException.class, () -> DaemonService.start(Optional.of(folder.resolve("nowhere.json"))));
    }

    @Test
    void portOfTheMetricsThatIsTakenIsAReasonNotToStart() throws IOException {
        try (ServerSocket taken = new ServerSocket(0)) {
            Path config = config(1, ",\"exporterConfig\":{\"enable\":true,\"port\":" + taken.getLocalPort() + "}");
            IOException failure = assertThrows(IOException.class, () -> DaemonService.start(Optional.of(config)));
            assertTrue(failure.getMessage().contains("give another port"), failure::getMessage);
        }
    }
}
