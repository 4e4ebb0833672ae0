package io.overlaybd.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.testing.Seeded;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(Seeded.class)
class ConfigReaderTest {

    private static String failure(byte[] bytes) {
        return assertThrows(ConfigException.class, () -> ImageConfig.parse("c.json", bytes))
                .getMessage();
    }

    private static String failure(String json) {
        return failure(json.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "  \n",
                "{",
                "{\"lowers\":[}",
                "{\"a\":1,}",
                "{\"a\":[1,]}",
                "{'a':1}",
                "{a:1}",
                "{\"a\":NaN}",
                "{\"a\":01}",
                "{\"a\":+1}",
                "{\"a\":.5}",
                "{} {}",
                "{}x",
                "// c\n{}",
                "{/* c */}",
                "# c\n{}",
                "{\"a\":\"\t\"}",
                "{\"a\":\"\\x\"}",
                "{\"a\":tru}"
            })
    void whatIsNotStrictJsonIsRefusedWithItsPlace(String json) {
        String message = failure(json);
        assertTrue(message.matches("(?s)c\\.json: line [1-9][0-9]*, column [1-9][0-9]*: .+"), message);
    }

    @Test
    void aSyntaxErrorNamesLineAndColumn() {
        assertTrue(
                failure("{\"a\": 1,\n \"b\" 2}").startsWith("c.json: line 2, column 6: "),
                failure("{\"a\": 1,\n \"b\" 2}"));
    }

    @Test
    void otherEncodingsAreRefused() {
        assertEquals(
                "c.json: line 1, column 1: a byte order mark: save the file as UTF-8 without one", failure("\uFEFF{}"));
        assertEquals(
                "c.json: line 2, column 3: bytes that are not UTF-8",
                failure(new byte[] {'{', '\n', '"', 'a', (byte) 0xFF, '"', '}'}));
        assertTrue(failure("{}".getBytes(StandardCharsets.UTF_16LE)).contains("line 1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "5", "null", "\"text\""})
    void aRootThatIsNoObjectIsRefused(String json) {
        assertTrue(failure(json).startsWith("c.json: expected an object, found "), failure(json));
    }

    @Test
    void hostileSizesAreRefused() {
        assertEquals("c.json: larger than 4194304 bytes", failure(" ".repeat(ConfigReader.MAX_BYTES + 1)));
        assertEquals("c.json: more than 200000 values", failure("{\"a\":[" + "[],".repeat(1_000_000) + "[]]}"));
        assertTrue(failure("{\"a\":" + "[".repeat(1_000_000)).contains("nesting depth"));
        assertTrue(failure("{\"a\":" + "9".repeat(1_000_000) + "}").contains("line 1"));
    }

    @Test
    void aStringOfTheFullSizeIsReadable() throws IOException {
        String path = "/\u20ac".repeat(1_000_000);
        byte[] json = ("{\"lowers\":[{\"file\":\"" + path + "\"}]}").getBytes(StandardCharsets.UTF_8);
        assertEquals(
                path,
                ImageConfig.parse("c.json", json)
                        .config()
                        .lowers()
                        .get(0)
                        .blob()
                        .file()
                        .orElseThrow()
                        .toString());
    }

    @Test
    void problemsAreAtMostAScreenful() {
        ConfigException e = assertThrows(
                ConfigException.class,
                () -> ImageConfig.parse(
                        "c.json", ("{\"lowers\":[" + "1,".repeat(50_000) + "1]}").getBytes(StandardCharsets.UTF_8)));
        assertEquals(101, e.problems().size());
        assertEquals("and more", e.problems().get(100));
    }

    @Test
    void aLongValueIsShortenedAndHasNoControlCharactersInTheMessage() {
        String message = failure("{\"lowers\":[{\"file\":\"f\",\"size\":\"\\u001b[31m" + "x".repeat(500) + "\"}]}");
        assertTrue(message.length() < 200 && message.contains("?[31mxxx") && !message.contains("\u001b"), message);
    }

    @Test
    void aMissingFileIsNamed() {
        IOException e = assertThrows(IOException.class, () -> ImageConfig.read(Path.of("no/such/config.v1.json")));
        assertEquals("no/such/config.v1.json: no such configuration file", e.getMessage());
    }

    @Test
    void aDirectoryIsNoConfigFile() {
        IOException e = assertThrows(IOException.class, () -> ImageConfig.read(Path.of("src")));
        assertEquals("src: is a directory; name a configuration file", e.getMessage());
    }

    @Test
    void whatIsNotJsonIsToldInWordsOfJson() {
        assertEquals(
                "c.json: line 1, column 12: Unexpected end-of-input: expected close marker for Array",
                failure("{\"lowers\":["));
    }

    @Test
    void noMutationOfAConfigDoesMoreThanFail(Random random) {
        byte[] good = ("{\"lowers\":[{\"file\":\"/a\",\"dir\":\"/b\",\"size\":17}],\"upper\":{\"index\":\"\"},"
                        + "\"download\":{\"enable\":true,\"delay\":-1},\"resultFile\":\"r\"}")
                .getBytes(StandardCharsets.UTF_8);
        List<Byte> alphabet =
                List.of((byte) '"', (byte) '{', (byte) ']', (byte) ',', (byte) '0', (byte) 0xC3, (byte) 0);
        for (int i = 0; i < 20_000; i++) {
            byte[] mutated = good.clone();
            for (int n = random.nextInt(4); n >= 0; n--) {
                mutated[random.nextInt(mutated.length)] = alphabet.get(random.nextInt(alphabet.size()));
            }
            try {
                ImageConfig.parse("c.json", mutated);
            } catch (ConfigException expected) {
                assertTrue(!expected.problems().isEmpty());
            } catch (IOException e) {
                throw new AssertionError("not a ConfigException", e);
            }
        }
    }
}
