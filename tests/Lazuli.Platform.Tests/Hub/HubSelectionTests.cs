using System.Text.Json;
using Lazuli.Registry;

namespace Lazuli.Platform.Tests;

public sealed class HubSelectionTests
{
    private static readonly string[] s_llama =
    [
        ".gitattributes", "1_Pooling/config.json", "1_Pooling/other.json", "LICENSE", "README.md", "config.json", "consolidated.safetensors", "generation_config.json", "images/plot.png", "model-00001-of-00002.safetensors",
        "model-00002-of-00002.safetensors", "model.safetensors.index.json", "onnx/model.onnx", "original/consolidated.00.pth", "tokenizer.json", "tokenizer.model", "tokenizer_config.json",
    ];

    private static readonly string[] s_ggufs = ["README.md", "config.json", "m-Q4_0.gguf", "m-Q8_0.gguf", "mmproj-m-F16.gguf", "big/m-F16-00001-of-00002.gguf", "big/m-F16-00002-of-00002.gguf", "m.imatrix.gguf"];

    [Fact]
    public void Takes_of_a_folder_what_import_reads()
    {
        HubChoice.Folder folder = Assert.IsType<HubChoice.Folder>(Choose(s_llama));
        Assert.Equal(
            ["1_Pooling/config.json", "LICENSE", "README.md", "config.json", "generation_config.json", "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", "model.safetensors.index.json", "tokenizer.json", "tokenizer_config.json"],
            folder.Files.Select(f => f.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Takes_one_file_of_weights_where_it_has_the_usual_name() =>
        Assert.Equal(["config.json", "model.safetensors", "tokenizer.json"], Assert.IsType<HubChoice.Folder>(Choose(["config.json", "model.safetensors", "other.safetensors", "tokenizer.json"])).Files.Select(f => f.Path).Order(StringComparer.Ordinal));

    [Fact]
    public void Several_gguf_files_are_listed_and_one_can_be_named()
    {
        Assert.Equal(["big/m-F16-00001-of-00002.gguf", "m-Q4_0.gguf", "m-Q8_0.gguf"], Assert.IsType<HubChoice.Several>(Choose(s_ggufs)).Candidates.Select(f => f.Path));
        Assert.Equal(["m-Q8_0.gguf"], Parts(Choose(s_ggufs, file: "m-Q8_0.gguf")));
        Assert.Equal(["m-Q4_0.gguf"], Parts(Choose(s_ggufs, include: "*q4_0*".ToUpperInvariant())));
        Assert.IsType<HubChoice.Several>(Choose(s_ggufs, include: "*.gguf"));
        Assert.Contains("m-Q4_0.gguf", Reason(Choose(s_ggufs, file: "m-Q5_0.gguf")), StringComparison.Ordinal);
        Assert.Contains("m-Q4_0.gguf", Reason(Choose(s_ggufs, include: "*.zip")), StringComparison.Ordinal);
        Assert.Equal(["one.gguf"], Parts(Choose(["one.gguf", "mmproj.gguf"])));
    }

    [Fact]
    public void A_file_in_parts_is_taken_whole_or_not_at_all()
    {
        string[] both = ["big/m-F16-00001-of-00002.gguf", "big/m-F16-00002-of-00002.gguf"];
        Assert.Equal(both, Parts(Choose(s_ggufs, file: "m-F16-00002-of-00002.gguf")));
        Assert.Equal(both, Parts(Choose(both)));
        Assert.Contains("not its part 'big/m-F16-00002-of-00002.gguf'", Reason(Choose(both[..1])), StringComparison.Ordinal);
        Assert.Contains("expected 1 to 999", Reason(Choose([.. Enumerable.Range(1, 1_000).Select(i => $"m-{i:D5}-of-10000.gguf")], file: "m-00001-of-10000.gguf")), StringComparison.Ordinal);
        Assert.Contains("0 parts", Reason(Choose(["m-00001-of-00000.gguf"])), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pickled", "config.json", "pytorch_model.bin", "tokenizer.json")]
    [InlineData("neither safetensors", "README.md")]
    [InlineData("no tokenizer.json", "config.json", "model.safetensors", "vocab.txt")]
    [InlineData("and neither model.safetensors nor", "config.json", "adapter_model.safetensors", "tokenizer.json")]
    public void Says_why_there_is_no_model(string says, params string[] files) => Assert.Contains(says, Reason(Choose(files)), StringComparison.Ordinal);

    [Fact]
    public void Safetensors_come_before_gguf_and_a_named_gguf_before_them()
    {
        string[] files = ["config.json", "model.safetensors", "tokenizer.json", "m.gguf"];
        Assert.IsType<HubChoice.Folder>(Choose(files));
        Assert.Equal(["m.gguf"], Parts(Choose(files, file: "m.gguf")));
        Assert.Equal(["m.gguf"], Parts(Choose(files, include: "*.gguf")));
    }

    private static IEnumerable<string> Parts(HubChoice choice) => Assert.IsType<HubChoice.Gguf>(choice).Parts.Select(p => p.Path);

    private static string Reason(HubChoice choice) => Assert.IsType<HubChoice.None>(choice).Reason;

    private static HubChoice Choose(string[] paths, string? file = null, string? include = null) => HubSelection.Choose(
        HubListing.Read(HubReference.Parse("acme/tiny"), JsonSerializer.SerializeToUtf8Bytes(new { sha = new string('a', 40), siblings = paths.Select(p => new { rfilename = p }) })), file, include);
}
