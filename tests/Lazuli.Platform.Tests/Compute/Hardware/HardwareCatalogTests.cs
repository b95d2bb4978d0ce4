using Lazuli.Compute;
using Lazuli.Testing;

namespace Lazuli.Platform.Tests;

public sealed class HardwareCatalogTests
{
    [Fact]
    public void The_table_that_comes_with_Lazuli_says_where_every_row_is_from()
    {
        HardwareCatalog catalog = HardwareCatalog.Read("/no/such/folder");
        Assert.All(catalog.Profiles, p => Assert.Equal(ProfileStatus.Real, p.Status));
        Assert.All(catalog.Profiles, p => Assert.True(p.Source.Length > 20, p.Name));
        Assert.Equal(catalog.Profiles.Count, catalog.Profiles.Select(p => p.Name).Distinct().Count());
        Assert.Null(catalog.MeasuredHere);
        Assert.Equal(989.4e12, catalog.Find("h100-sxm")!.TrainingPeak);
        Assert.Equal(312e12, catalog.Find("a100-80gb-sxm")!.TrainingPeak);
        Assert.NotEmpty(catalog.Networks);
    }

    [Fact]
    public void A_saved_profile_is_found_and_is_this_machine()
    {
        using var folder = new TemporaryFolder();
        string path = HardwareCatalog.Save(folder.Path, HardwareSamples.Machine);
        HardwareCatalog catalog = HardwareCatalog.Read(folder.Path);
        Assert.True(File.Exists(path));
        Assert.Equal("machine", catalog.MeasuredHere!.Name);
        Assert.Equal("machine", catalog.Profiles[0].Name);
        HardwareCatalog.Save(folder.Path, HardwareSamples.Machine with { MemoryBytes = 5 });
        Assert.Equal(5, HardwareCatalog.Read(folder.Path).MeasuredHere!.MemoryBytes);
    }

    [Fact]
    public void A_profile_of_the_home_wins_over_the_tables()
    {
        using var folder = new TemporaryFolder();
        HardwareCatalog.Save(folder.Path, HardwareSamples.Machine with { Name = "h100-sxm", Status = ProfileStatus.Proposed });
        HardwareCatalog catalog = HardwareCatalog.Read(folder.Path);
        Assert.Equal(203e9, catalog.Find("h100-sxm")!.TrainingPeak);
        Assert.Single(catalog.Profiles, p => p.Name == "h100-sxm");
        Assert.Null(catalog.MeasuredHere);
    }

    [Fact]
    public void Two_files_with_one_profile_are_refused()
    {
        using var folder = new TemporaryFolder();
        HardwareCatalog.Save(folder.Path, HardwareSamples.Machine);
        File.Copy(folder["machine.json"], folder["other.json"]);
        HardwareProfileException wrong = Assert.Throws<HardwareProfileException>(() => HardwareCatalog.Read(folder.Path));
        Assert.Equal("machine", wrong.Profile);
        Assert.Contains("other.json", wrong.File, StringComparison.Ordinal);
    }
}
