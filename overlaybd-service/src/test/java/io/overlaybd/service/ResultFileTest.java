package io.overlaybd.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.config.ConfigException;
import io.overlaybd.service.LayerFiles.Wrapping;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultFileTest {

    private static final String DIGEST = "sha256:" + "0123456789abcdef".repeat(4);

    @TempDir
    Path folder;

    private ImageService service;
    private Path result;

    @BeforeEach
    void openService() throws IOException {
        service = ImageService.open(GlobalConfigs.withCacheIn(folder.resolve("cache")));
        result = folder.resolve("init-debug.log");
    }

    @AfterEach
    void closeService() {
        service.close();
    }

    private Path config(String members) throws IOException {
        return Files.writeString(
                folder.resolve("config.v1.json"), "{\"resultFile\":\"" + result + "\"," + members + "}");
    }

    private Path goodConfig() throws IOException {
        Path layer = LayerFiles.write(folder.resolve("layer"), Wrapping.PLAIN, 64, 0, 8, 1);
        return config("\"lowers\":[{\"file\":\"" + layer + "\"}]");
    }

    private void assertFails(String expectedResult, String members) throws IOException {
        Path config = config(members);
        assertThrows(IOException.class, () -> service.open(config));
        assertEquals(expectedResult, Files.readString(result));
    }

    @Test
    void successReplacesWhatWasThere() throws IOException {
        Files.writeString(result, "failed:of an earlier attempt, much longer than the word that follows it");
        service.open(goodConfig()).close();
        assertEquals("success", Files.readString(result));
        assertEquals("rw-r--r--", PosixFilePermissions.toString(Files.getPosixFilePermissions(result)));
    }

    @Test
    void failuresBeginWithTheWordsOfTheOriginal() throws IOException {
        assertFails(
                "failed:empty repoBlobUrl; layer 0: no local file has " + DIGEST
                        + ", and the config names no registry; set repoBlobUrl, or provide the file",
                "\"lowers\":[{\"dir\":\"" + folder + "\",\"digest\":\"" + DIGEST + "\"}]");
        Path garbage = Files.write(folder.resolve("garbage"), new byte[10_000]);
        Path config = config("\"lowers\":[{\"file\":\"" + garbage + "\"},{\"file\":\"none\"},{\"file\":\"none\"}]");
        assertThrows(IOException.class, () -> service.open(config));
        String text = Files.readString(result);
        assertTrue(text.startsWith("failed:failed to open switch file " + garbage + "; layer 0: "), text);
        assertTrue(text.endsWith("; fetch or build this layer again; nor can 2 other layers, see the log"), text);
        assertFails(
                "failed:failed to open layer; layer 0: none of these files exists: none"
                        + "; correct file or dir, or provide one",
                "\"lowers\":[{\"file\":\"none\"}]");
    }

    @Test
    void upperThatCannotBeOpenedIsAFailureWithAText() throws IOException {
        Path config = goodConfig();
        assertFails(
                "failed:failed to create overlaybd device; " + config + ": upper: " + folder
                        + "/d: no such file; make both files with overlaybd-create",
                "\"lowers\":[{\"file\":\"" + folder + "/layer\"}],\"upper\":{\"index\":\"" + folder + "/i\",\"data\":\""
                        + folder + "/d\"}");
    }

    @Test
    void nothingIsWrittenForAConfigThatCannotBeRead() throws IOException {
        Path config = config("\"lowers\":5");
        assertThrows(ConfigException.class, () -> service.open(config));
        assertFalse(Files.exists(result));
    }

    @Test
    void deviceOpensThoughTheResultCannotBeWritten() throws IOException {
        result = folder.resolve("no/such/folder/result");
        service.open(goodConfig()).close();
    }

    @Test
    void localReasonIsKeptWhenTheRegistryFailsToo() throws IOException {
        Path garbage = Files.write(folder.resolve("garbage"), new byte[10_000]);
        Path config = config("\"repoBlobUrl\":\"http://127.0.0.1:1/v2/r/blobs\",\"lowers\":[{\"file\":\"" + garbage
                + "\",\"digest\":\"" + DIGEST + "\"}]");
        String message =
                assertThrows(IOException.class, () -> service.open(config)).getMessage();
        String url = "http://127.0.0.1:1/v2/r/blobs/" + DIGEST;
        assertTrue(message.startsWith(config + ": layer 0: " + url + ": cannot read "), message);
        assertTrue(message.contains("(before: " + garbage + ": at byte 0: "), message);
        assertTrue(
                Files.readString(result)
                        .startsWith("failed:failed to open remote file " + url + ": Connection failed; layer 0: "),
                message);
    }
}
