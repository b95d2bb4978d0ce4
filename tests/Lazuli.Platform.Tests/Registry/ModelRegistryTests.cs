using CsCheck;
using Lazuli.Contracts;
using Lazuli.Registry;
using Lazuli.Storage;
using Lazuli.Testing;

namespace Lazuli.Platform.Tests;

public sealed class ModelRegistryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LazuliDatabase _database;
    private readonly ModelRegistry _registry;

    public ModelRegistryTests()
    {
        _database = LazuliDatabase.Open(_folder["lazuli.db"], TimeSpan.FromSeconds(5), TimeProvider.System);
        _registry = new ModelRegistry(_database);
    }

    public void Dispose()
    {
        _database.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_model_comes_back_as_it_was_registered()
    {
        await _registry.RegisterDataSetAsync(Samples.DataSet(1), default);
        await _registry.RegisterDataSetAsync(Samples.DataSet(2), default);
        await _registry.SaveRunAsync(Samples.Run("r1"), default);
        ModelVersion model = Samples.Model("org/tiny", Samples.Digest("m")) with
        {
            RunId = "r1",
            DataSets = [Samples.DataSet(2).Digest, Samples.DataSet(1).Digest],
            CreatedAt = new DateTimeOffset(2026, 11, 23, 8, 30, 0, 123, TimeSpan.FromHours(2)).AddTicks(7),
        };
        await _registry.RegisterModelAsync(model, default);
        ModelVersion found = (await _registry.FindModelAsync("org/tiny", default))!;
        Assert.Equal(model.DataSets, found.DataSets);
        Assert.Equal("""{"loss":2.5}""", found.Facts.GetRawText());
        Assert.Equal(model, found with { DataSets = model.DataSets, Facts = model.Facts });
    }

    [Fact]
    public async Task A_name_means_its_latest_version()
    {
        await _registry.RegisterModelAsync(Samples.Model("tiny", Samples.Digest("1")), default);
        await _registry.RegisterModelAsync(Samples.Model("other", Samples.Digest("3")), default);
        await _registry.RegisterModelAsync(Samples.Model("tiny", Samples.Digest("2")), default);
        Assert.Equal(Samples.Digest("2"), (await _registry.FindModelAsync("tiny", default))!.Digest);
    }

    [Fact]
    public async Task Registering_the_same_version_again_changes_nothing()
    {
        await _registry.RegisterModelAsync(Samples.Model("tiny", Samples.Digest("1")), default);
        await _registry.RegisterModelAsync(Samples.Model("tiny", Samples.Digest("2")), default);
        await _registry.RegisterModelAsync(Samples.Model("tiny", Samples.Digest("1")) with { Folder = "/elsewhere" }, default);
        Assert.Equal(Samples.Digest("2"), (await _registry.FindModelAsync("tiny", default))!.Digest);
        Assert.Equal(["/models/tiny", "/models/tiny"], (await _registry.ListModelsAsync(default)).Select(model => model.Folder));
    }

    [Fact]
    public async Task Versions_are_found_by_name_and_prefix_or_prefix_alone()
    {
        ContentDigest a = Samples.DigestFrom("abcdef1111");
        ContentDigest b = Samples.DigestFrom("abcdef2222");
        await _registry.RegisterModelAsync(Samples.Model("one", a), default);
        await _registry.RegisterModelAsync(Samples.Model("two", b), default);
        Assert.Equal(a, (await _registry.FindModelAsync("one@abc", default))!.Digest);
        Assert.Equal(a, (await _registry.FindModelAsync("one@ABCDEF", default))!.Digest);
        Assert.Equal(a, (await _registry.FindModelAsync("one@" + a.Value, default))!.Digest);
        Assert.Equal(b, (await _registry.FindModelAsync("abcdef2", default))!.Digest);
        Assert.Equal(b, (await _registry.FindModelAsync(b.Value, default))!.Digest);
        Assert.Null(await _registry.FindModelAsync("one@abcdef2", default));
        Assert.Null(await _registry.FindModelAsync("three@abc", default));
    }

    [Fact]
    public async Task A_prefix_of_several_versions_is_ambiguous_and_finds_none()
    {
        await _registry.RegisterModelAsync(Samples.Model("tiny", Samples.DigestFrom("abcdef11")), default);
        await _registry.RegisterModelAsync(Samples.Model("tiny", Samples.DigestFrom("abcdef22")), default);
        Assert.Null(await _registry.FindModelAsync("abcdef", default));
        ModelLookup.Ambiguous ambiguous = Assert.IsType<ModelLookup.Ambiguous>(await _registry.ResolveModelAsync("tiny@abcdef", default));
        Assert.Equal([Samples.DigestFrom("abcdef22"), Samples.DigestFrom("abcdef11")], ambiguous.Candidates.Select(model => model.Digest));
    }

    [Fact]
    public async Task Two_names_of_one_content_are_one_version_to_a_prefix()
    {
        await _registry.RegisterModelAsync(Samples.Model("a", Samples.DigestFrom("abcdef11")), default);
        await _registry.RegisterModelAsync(Samples.Model("b", Samples.DigestFrom("abcdef11")), default);
        Assert.Equal("b", (await _registry.FindModelAsync("abcdef11", default))!.Name);
    }

    [Theory]
    [InlineData("")]
    [InlineData("@")]
    [InlineData("tiny@")]
    [InlineData("@abcdef")]
    [InlineData("tiny@xyz")]
    [InlineData("abcde")]
    [InlineData("sha256:")]
    [InlineData("tiny'; DROP TABLE models; --")]
    [InlineData("%")]
    [InlineData("ti_y")]
    public async Task What_names_nothing_finds_nothing(string reference)
    {
        await _registry.RegisterModelAsync(Samples.Model("tiny", Samples.DigestFrom("abcdef11")), default);
        Assert.IsType<ModelLookup.NotFound>(await _registry.ResolveModelAsync(reference, default));
    }

    [Fact]
    public async Task Any_text_is_looked_up_without_failing()
    {
        await _registry.RegisterModelAsync(Samples.Model("tiny", Samples.DigestFrom("abcdef11")), default);
        await Gen.String.SampleAsync(async text => await _registry.ResolveModelAsync(text, default), iter: 200, threads: 1);
    }

    [Fact]
    public async Task A_name_that_looks_like_a_digest_is_still_a_name()
    {
        await _registry.RegisterModelAsync(Samples.Model("deadbeef", Samples.Digest("1")), default);
        await _registry.RegisterModelAsync(Samples.Model("other", Samples.DigestFrom("deadbeef")), default);
        Assert.Equal("deadbeef", (await _registry.FindModelAsync("deadbeef", default))!.Name);
    }

    [Fact]
    public async Task Source_and_licence_are_never_empty()
    {
        ModelVersion model = Samples.Model("tiny", Samples.Digest("1"));
        await Assert.ThrowsAsync<ArgumentException>(() => _registry.RegisterModelAsync(model with { Source = " " }, default));
        await Assert.ThrowsAsync<ArgumentException>(() => _registry.RegisterModelAsync(model with { License = "" }, default));
        await Assert.ThrowsAsync<ArgumentException>(() => _registry.RegisterDataSetAsync(Samples.DataSet(1) with { Source = "" }, default));
        await Assert.ThrowsAsync<ArgumentException>(() => _registry.RegisterDataSetAsync(Samples.DataSet(1) with { License = "\t" }, default));
        Assert.Empty(await _registry.ListModelsAsync(default));
        Assert.Empty(await _registry.ListDataSetsAsync(default));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a@b")]
    [InlineData("a b")]
    [InlineData("-a")]
    [InlineData("ä")]
    public async Task Names_that_could_not_be_referred_to_are_refused(string name) =>
        await Assert.ThrowsAsync<ArgumentException>(() => _registry.RegisterModelAsync(Samples.Model(name, Samples.Digest("1")), default));

    [Theory]
    [InlineData("")]
    [InlineData("sha256:abc")]
    [InlineData("md5:0000000000000000000000000000000000000000000000000000000000000000")]
    public async Task Malformed_digests_are_refused(string digest) =>
        await Assert.ThrowsAsync<ArgumentException>(() => _registry.RegisterModelAsync(Samples.Model("tiny", new ContentDigest(digest)), default));

    [Fact]
    public async Task A_model_of_an_unknown_run_or_data_set_is_refused_and_named()
    {
        ModelVersion model = Samples.Model("tiny", Samples.Digest("1"));
        ArgumentException run = await Assert.ThrowsAsync<ArgumentException>(() => _registry.RegisterModelAsync(model with { RunId = "r9" }, default));
        Assert.Contains("r9", run.Message, StringComparison.Ordinal);
        ArgumentException data = await Assert.ThrowsAsync<ArgumentException>(() => _registry.RegisterModelAsync(model with { DataSets = [Samples.Digest("d")] }, default));
        Assert.Contains(Samples.Digest("d").Value, data.Message, StringComparison.Ordinal);
        Assert.Empty(await _registry.ListModelsAsync(default));
    }

    [Fact]
    public async Task Lineage_leads_from_a_model_to_its_run_and_data()
    {
        await _registry.RegisterDataSetAsync(Samples.DataSet(1), default);
        await _registry.RegisterDataSetAsync(Samples.DataSet(2), default);
        await _registry.SaveRunAsync(Samples.Run("r1"), default);
        ContentDigest digest = Samples.Digest("m");
        await _registry.RegisterModelAsync(Samples.Model("tiny", digest) with { RunId = "r1", DataSets = [Samples.DataSet(2).Digest, Samples.DataSet(1).Digest] }, default);
        ModelLineage lineage = (await _registry.FindLineageAsync(digest, default))!;
        Assert.Equal("tiny", lineage.Model.Name);
        Assert.Equal("r1", lineage.Run!.Id);
        Assert.Equal([Samples.DataSet(2), Samples.DataSet(1)], lineage.DataSets);
        Assert.Null(await _registry.FindLineageAsync(Samples.Digest("none"), default));
    }

    [Fact]
    public async Task An_import_has_neither_run_nor_data()
    {
        await _registry.RegisterModelAsync(Samples.Model("tiny", Samples.Digest("m")), default);
        ModelLineage lineage = (await _registry.FindLineageAsync(Samples.Digest("m"), default))!;
        Assert.Null(lineage.Run);
        Assert.Empty(lineage.DataSets);
    }

    [Fact]
    public async Task Everything_is_listed_newest_first()
    {
        for (int i = 0; i < 3; i++)
        {
            await _registry.RegisterDataSetAsync(Samples.DataSet(i), default);
            await _registry.SaveRunAsync(Samples.Run("r" + i) with { StartedAt = Samples.Time.AddMinutes(i) }, default);
            await _registry.RegisterModelAsync(Samples.Model("m" + i, Samples.Digest("m" + i)) with { CreatedAt = Samples.Time.AddMinutes(-i) }, default);
        }

        Assert.Equal(["set-2", "set-1", "set-0"], (await _registry.ListDataSetsAsync(default)).Select(set => set.Name));
        Assert.Equal(["r2", "r1", "r0"], (await _registry.ListRunsAsync(default)).Select(run => run.Id));
        Assert.Equal(["m0", "m1", "m2"], (await _registry.ListModelsAsync(default)).Select(model => model.Name));
    }

    [Fact]
    public async Task Registering_a_data_set_again_changes_nothing()
    {
        await _registry.RegisterDataSetAsync(Samples.DataSet(1), default);
        await _registry.RegisterDataSetAsync(Samples.DataSet(1) with { Name = "renamed" }, default);
        Assert.Equal([Samples.DataSet(1)], await _registry.ListDataSetsAsync(default));
    }

    [Fact]
    public async Task Saving_a_run_again_updates_it()
    {
        await _registry.SaveRunAsync(Samples.Run("r1"), default);
        RunRecord finished = Samples.Run("r1") with { Status = "finished", Project = "demo", Model = Samples.Digest("m"), UpdatedAt = Samples.Time.AddHours(1) };
        await _registry.SaveRunAsync(finished, default);
        Assert.Equal([finished], await _registry.ListRunsAsync(default));
    }

    [Fact]
    public async Task A_run_of_unknown_status_is_refused() =>
        await Assert.ThrowsAsync<ArgumentException>(() => _registry.SaveRunAsync(Samples.Run("r1") with { Status = "paused" }, default));

    [Fact]
    public async Task Runs_are_found_by_id_or_unique_prefix()
    {
        foreach (string id in (string[])["abc", "abcd", "ab_x"])
        {
            await _registry.SaveRunAsync(Samples.Run(id), default);
        }

        Assert.Equal("abc", (await _registry.FindRunAsync("abc", default))!.Id);
        Assert.Equal("abcd", (await _registry.FindRunAsync("abcd", default))!.Id);
        Assert.Equal("ab_x", (await _registry.FindRunAsync("ab_", default))!.Id);
        Assert.Null(await _registry.FindRunAsync("ab", default));
        Assert.Null(await _registry.FindRunAsync("", default));
        Assert.Null(await _registry.FindRunAsync("%", default));
    }
}
