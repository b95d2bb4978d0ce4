using System.Text.Json;
using System.Text.Json.Nodes;
using Lazuli.Models;

namespace Lazuli.EndToEnd.Tests;

/// <summary>Hugging Face's JavaScript libraries read the tokenizer and the chat template of the folders we write as we mean them.</summary>
public sealed class HuggingFaceReadsOurFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("lazuli-interop-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(SplitRule.Gpt2)]
    [InlineData(SplitRule.LlamaBpe)]
    [InlineData(SplitRule.Qwen2)]
    [InlineData(SplitRule.O200k)]
    public async Task Tokens_and_dialogues_come_out_the_same(SplitRule split)
    {
        NodeProgram.SkipUnlessInstalled("@huggingface/tokenizers", "@huggingface/jinja");
        InteropModel model = InteropModel.OfKind("llama", split);
        string path = Path.Combine(_folder.FullName, "model");
        HuggingFaceFolder.Write(path, model.Package);
        ChatTurn[] turns = [new("system", "Be brief."), new("user", "What's the theatre?\n"), new("assistant", "Größe 12345.")];

        // Marks inside text are marks for that library, so texts with them are not asked for.
        string[] texts = [.. InteropModel.Texts.Where(t => !t.Contains("<|", StringComparison.Ordinal))];
        JsonObject answer = await NodeProgram.AskAsync(
            "hugging-face-probe.mjs",
            new JsonObject
            {
                ["folder"] = path,
                ["texts"] = JsonSerializer.SerializeToNode(texts),
                ["messages"] = JsonSerializer.SerializeToNode(turns.Select(t => new { role = t.Role, content = t.Content })),
            },
            TestContext.Current.CancellationToken);

        int[][] theirs = answer["ids"].Items<int[]>();
        for (int i = 0; i < texts.Length; i++)
        {
            Assert.Equal(model.Encode(texts[i]), theirs[i]);
        }

        Assert.Equal(texts, answer["texts"].Items<string>());
        var ids = new List<int>();
        new ChatTemplate(model.Tokenizer).Encode(turns, addGenerationPrompt: true, ids);
        Assert.Equal(ids, answer["dialogueIds"].Items<int>());
    }
}
