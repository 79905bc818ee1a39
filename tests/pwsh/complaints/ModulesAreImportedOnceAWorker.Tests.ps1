# P#7035, P#7153, P#3008, PPP#48: modules are imported for each item. P#7377: a missing one is not noticed. azure-analyzer#1218: loading by name races.
BeforeAll {
    . (Join-Path $PSScriptRoot '../TestSetup.ps1')
    $folder = (New-Item -ItemType Directory "$TestDrive/OeOnce").FullName
    Set-Content "$folder/OeOnce.psm1" '([AppDomain]::CurrentDomain.GetData("OeOnce"))?.Add([runspace]::DefaultRunspace.InstanceId); function Get-OeOnce { "once $args" }'
    New-ModuleManifest "$folder/OeOnce.psd1" -RootModule OeOnce.psm1 -FunctionsToExport Get-OeOnce
}

Describe 'A module' {
    It 'is imported once in each runspace, for 500 items' {
        $imports = [Collections.Concurrent.ConcurrentBag[guid]]::new()
        [AppDomain]::CurrentDomain.SetData('OeOnce', $imports)
        try {
            $output = Invoke-WithLimit -ArgumentList "$folder/OeOnce.psd1" {
                param($Path)
                1..500 | Invoke-ParallelOrchestration -ThrottleLimit 4 -Ordered -ImportModule $Path { Get-OeOnce $_ }
            }
            $output | Should -Be (1..500 | ForEach-Object { "once $_" })
            $imports.Count | Should -BeGreaterThan 0
            @($imports | Sort-Object -Unique).Count | Should -Be $imports.Count
            $imports.Count | Should -BeLessOrEqual 4
        } finally { [AppDomain]::CurrentDomain.SetData('OeOnce', $null) }
    }

    It 'that is missing ends the call before its first item' {
        { 1..5 | Invoke-ParallelOrchestration -ImportModule OeNoSuchModule { 'ran' } } | Should -Throw -ErrorId 'ImportModuleNotFound,*'
    }

    # PowerShell lets only the first that asks know what a module exports that does not list it.
    It 'that items load by its name is found by each of them' {
        $before = $env:PSModulePath
        $env:PSModulePath = "$TestDrive$([IO.Path]::PathSeparator)$before"
        try {
            foreach ($time in 1..4) {
                $name = "OeRace$time"
                $null = New-Item -ItemType Directory "$TestDrive/$name"
                Set-Content "$TestDrive/$name/$name.psm1" "function Get-$name { 'found' }"
                New-ModuleManifest "$TestDrive/$name/$name.psd1" -RootModule "$name.psm1" -FunctionsToExport "Get-$name"
                $output = Invoke-WithLimit -ArgumentList $name {
                    param($Name)
                    1..16 | Invoke-ParallelOrchestration -ThrottleLimit 8 ([scriptblock]::Create("Get-$Name")) 2>&1 | ForEach-Object { "$_" }
                }
                $output | Should -Be (@('found') * 16)
            }
        } finally { $env:PSModulePath = $before }
    }
}
