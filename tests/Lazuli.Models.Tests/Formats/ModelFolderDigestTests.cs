using System.Security.Cryptography;
using System.Text;

namespace Lazuli.Models.Tests;

public sealed class ModelFolderDigestTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ModelFolderDigestTests()
    {
        _folder.Put("b.txt", "hello"u8.ToArray());
        _folder.Put("a.txt", []);
        Directory.CreateDirectory(_folder["sub"]);
        _folder.Put(Path.Combine("sub", "c.txt"), "x"u8.ToArray());
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Is_the_digest_of_names_sizes_and_contents_in_order_of_name()
    {
        static string Hex(string s) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(s)));
        string lines = $"5:a.txt 0 {Hex("")}\n5:b.txt 5 {Hex("hello")}\n9:sub/c.txt 1 {Hex("x")}\n";
        Assert.Equal("sha256:" + Hex(lines), ModelFolderDigest.Compute(_folder.Path));
    }

    [Fact]
    public void Changes_with_every_name_and_byte_and_with_nothing_else()
    {
        string before = ModelFolderDigest.Compute(_folder.Path);
        File.SetLastWriteTimeUtc(_folder["b.txt"], DateTime.UnixEpoch);
        _folder.Put(".scrap", [1]);
        Assert.Equal(before, ModelFolderDigest.Compute(_folder.Path));

        var seen = new HashSet<string> { before };
        File.Move(_folder["a.txt"], _folder["d.txt"]);
        Assert.True(seen.Add(ModelFolderDigest.Compute(_folder.Path)));
        File.Delete(_folder["d.txt"]);
        Assert.True(seen.Add(ModelFolderDigest.Compute(_folder.Path)));
        _folder.Put("b.txt", "hellp"u8.ToArray());
        Assert.True(seen.Add(ModelFolderDigest.Compute(_folder.Path)));
        Directory.Move(_folder["sub"], _folder["sup"]);
        Assert.True(seen.Add(ModelFolderDigest.Compute(_folder.Path)));
    }

    [Fact]
    public void The_same_model_written_twice_has_the_same_digest()
    {
        var model = new SampleModel(SampleModel.Llama(), 7);
        HuggingFaceFolder.Write(_folder["m1"], model.Package());
        HuggingFaceFolder.Write(_folder["m2"], model.Package());
        Assert.Equal(ModelFolderDigest.Compute(_folder["m1"]), ModelFolderDigest.Compute(_folder["m2"]));
    }
}
